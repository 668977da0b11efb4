extends RefCounted
## Finds the blend shape of a mesh that is meant by a weight's name, however the artist has spelt it.

## What VRoid calls the expressions of VRM, beside their own names.
const _VROID := {
	"aa": "fclmtha", "ih": "fclmthi", "ou": "fclmthu", "ee": "fclmthe", "oh": "fclmtho",
	"blink": "fcleyeclose", "blinkleft": "fcleyeclosel", "blinkright": "fcleyecloser",
	"happy": "fclalljoy", "angry": "fclallangry", "sad": "fclallsorrow", "relaxed": "fclallfun",
	"surprised": "fclallsurprised",
}


## The index of the blend shape for the weight `name`, -1 where the mesh has none. `renamed` comes first:
## weight -> blend shape; an empty blend shape switches the weight off.
static func find(mesh: MeshInstance3D, name: String, renamed: Dictionary) -> int:
	if renamed.has(name):
		return mesh.find_blend_shape_by_name(str(renamed[name]))
	var exact := mesh.find_blend_shape_by_name(name)
	if exact >= 0:
		return exact
	var wanted := plain(name)
	for index in mesh.get_blend_shape_count():
		var found := plain(String(mesh.mesh.get_blend_shape_name(index)))
		if found == wanted or found == _VROID.get(wanted, ""):
			return index
	return -1


## `eyeBlink_L`, `EyeBlinkLeft` and `blendShape1.eyeBlink_L` are all `eyeblinkleft`.
static func plain(name: String) -> String:
	var last := name.get_slice(".", name.get_slice_count(".") - 1)
	for side: Array in [["_L", "Left"], ["_R", "Right"]]:
		if last.ends_with(side[0]) and not last.begins_with("Fcl_"):
			last = last.trim_suffix(side[0]) + side[1]
	return last.to_lower().replace("_", "").replace(" ", "").replace("-", "")
