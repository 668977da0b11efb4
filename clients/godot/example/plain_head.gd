extends RefCounted
## A plain head, made of a few curved sheets with ARKit's blend shapes, for where there is no model. Metres;
## it looks along +Z, so its own left is +X.

const SKIN := Color(0.87, 0.64, 0.52)
const LIPS := Color(0.66, 0.29, 0.27)
const DARK := Color(0.16, 0.05, 0.05)
const HAIR := Color(0.3, 0.15, 0.08)
const DRESS := Color(0.23, 0.3, 0.27)
const SKULL := Vector3(0.085, 0.115, 0.095)
const MOUTH := -0.052
const EYE := Vector3(0.031, 0.016, 0.078)
## Width of the mouth, and how far its upper and lower lip are from its middle.
const LIPS_AT_REST := Vector3(0.021, 0.0008, 0.0012)
const LIPS_BY_SHAPE := {
	"jawOpen": Vector3(0.019, 0.002, 0.03),
	"mouthClose": Vector3(0.021, 0.0008, -0.026),
	"mouthFunnel": Vector3(0.012, 0.006, 0.008),
	"mouthPucker": Vector3(0.01, 0.0015, 0.002),
	"mouthStretchLeft": Vector3(0.025, 0.0008, 0.002),
	"mouthLowerDownLeft": Vector3(0.021, 0.0008, 0.006),
	"mouthLowerDownRight": Vector3(0.021, 0.0008, 0.006),
	"mouthUpperUpLeft": Vector3(0.021, 0.004, 0.0012),
	"mouthUpperUpRight": Vector3(0.021, 0.004, 0.0012),
}


static func make() -> Node3D:
	var head := Node3D.new()
	head.name = "PlainHead"
	head.add_child(_sheet(_skull, {"jawOpen": _chin}, SKIN))
	head.add_child(_ball(Vector3(0, 0.02, -0.026), Vector3(0.094, 0.121, 0.1), HAIR))
	head.add_child(_ball(Vector3(0, 0.13, -0.06), Vector3.ONE * 0.045, HAIR))
	head.add_child(_ball(Vector3(0, -0.012, 0.094), Vector3(0.011, 0.019, 0.016), SKIN))
	head.add_child(_ball(Vector3(0, -0.14, -0.02), Vector3(0.04, 0.07, 0.042), SKIN))
	head.add_child(_ball(Vector3(0, -0.29, -0.03), Vector3(0.17, 0.13, 0.08), DRESS))
	for inner: bool in [true, false]:
		head.add_child(_sheet(_mouth.bind(LIPS_AT_REST, 0.0, inner), _mouth_shapes(inner), DARK if inner else LIPS))
	for side: int in [1, -1]:
		_add_eye(head, side, "Left" if side > 0 else "Right")
	return head


static func _add_eye(head: Node3D, side: int, name: String) -> void:
	var centre := EYE * Vector3(side, 1, 1)
	head.add_child(_ball(centre, Vector3.ONE * 0.0135, Color(0.95, 0.93, 0.9)))
	var gaze := {
		"eyeLookUp" + name: Vector3(0, 0.005, -0.002), "eyeLookDown" + name: Vector3(0, -0.005, -0.002),
		"eyeLookIn" + name: Vector3(-side * 0.005, 0, -0.001), "eyeLookOut" + name: Vector3(side * 0.005, 0, -0.001),
	}
	head.add_child(_ball(centre + Vector3(0, 0, 0.0078), Vector3.ONE * 0.0064, Color(0.3, 0.42, 0.3), gaze))
	head.add_child(_ball(centre + Vector3(0, 0, 0.0118), Vector3.ONE * 0.0032, Color(0.03, 0.02, 0.02), gaze))
	var shut := {"eyeBlink" + name: _lid.bind(centre, -28.0), "eyeWide" + name: _lid.bind(centre, 55.0)}
	head.add_child(_sheet(_lid.bind(centre, 34.0), shut, SKIN.darkened(0.12)))
	var brows := {
		"browInnerUp": _brow.bind(side, 0.009, 0.0), "browOuterUp" + name: _brow.bind(side, 0.0, 0.008),
		"browDown" + name: _brow.bind(side, -0.007, -0.002),
	}
	head.add_child(_sheet(_brow.bind(side, 0.0, 0.0), brows, HAIR))


static func _ball(centre: Vector3, size: Vector3, color: Color, moved := {}) -> MeshInstance3D:
	var shapes := {}
	for name: String in moved:
		shapes[name] = func(u: float, v: float) -> Vector3: return _sphere(u, v) * size + centre + moved[name]
	return _sheet(func(u: float, v: float) -> Vector3: return _sphere(u, v) * size + centre, shapes, color)


static func _sphere(u: float, v: float) -> Vector3:
	var around := TAU * u
	return Vector3(sin(PI * v) * sin(around), cos(PI * v), sin(PI * v) * cos(around))


static func _skull(u: float, v: float) -> Vector3:
	var at := _sphere(u, v)
	return at * SKULL * Vector3(1.0 - 0.3 * maxf(0.0, -at.y), 1, 1)


static func _chin(u: float, v: float) -> Vector3:
	var at := _skull(u, v)
	return at + Vector3(0, -0.022, -0.004) * smoothstep(-0.03, -0.09, at.y) * smoothstep(-0.02, 0.03, at.z)


## The mouth of `lips`, as a ring of lips or what is within; `smile` lifts the corners.
static func _mouth(u: float, v: float, lips: Vector3, smile: float, inner: bool) -> Vector3:
	var around := TAU * u
	var edge := Vector2(cos(around) * lips.x, sin(around) * (lips.y if sin(around) > 0 else lips.z))
	var thick := Vector2(cos(around) * 0.003, sin(around) * 0.006)
	var at := edge * v if inner else edge + thick * v
	at.y += MOUTH + smile * pow(at.x / 0.02, 2.0)
	return _on_skull(at, 0.001 if inner else 0.0025 + 0.003 * sin(PI * v))


static func _mouth_shapes(inner: bool) -> Dictionary:
	var shapes := {}
	for name: String in LIPS_BY_SHAPE:
		shapes[name] = _mouth.bind(LIPS_BY_SHAPE[name], 0.0, inner)
	for name: String in ["mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight"]:
		var lift := 0.004 if name.begins_with("mouthSmile") else -0.004
		shapes[name] = _mouth.bind(LIPS_AT_REST + Vector3(0.001, 0, 0), lift, inner)
	return shapes


static func _lid(u: float, v: float, centre: Vector3, edge: float) -> Vector3:
	var across := deg_to_rad(lerpf(-85, 85, u))
	var up := deg_to_rad(lerpf(110, edge, v))
	return centre + 0.0152 * Vector3(sin(across), cos(across) * sin(up), cos(across) * cos(up))


static func _brow(u: float, v: float, side: int, inner: float, outer: float) -> Vector3:
	var at := Vector2(side * lerpf(0.014, 0.05, u), 0.041 + 0.006 * sin(PI * u) - 0.005 * v * (1.2 - u))
	at.y += lerpf(inner, outer, u)
	return _on_skull(at, 0.003)


static func _on_skull(at: Vector2, out: float) -> Vector3:
	var flat := (Vector2(at.x, at.y) / Vector2(SKULL.x, SKULL.y)).length_squared()
	return Vector3(at.x, at.y, SKULL.z * sqrt(maxf(0.0, 1.0 - flat)) + out)


## A sheet of (u, v) -> point, with the sheets it can be bent into by name.
static func _sheet(point: Callable, shapes: Dictionary, color: Color) -> MeshInstance3D:
	var mesh := ArrayMesh.new()
	var bent: Array[Array] = []
	var straight := _arrays(point)
	for name: String in shapes:
		mesh.add_blend_shape(name)
		bent.append(_difference(_arrays(shapes[name]), straight))
	mesh.blend_shape_mode = Mesh.BLEND_SHAPE_MODE_RELATIVE
	mesh.add_surface_from_arrays(Mesh.PRIMITIVE_TRIANGLES, straight, bent)
	var material := StandardMaterial3D.new()
	material.albedo_color = color
	material.roughness = 0.65
	material.cull_mode = BaseMaterial3D.CULL_DISABLED
	mesh.surface_set_material(0, material)
	var instance := MeshInstance3D.new()
	instance.mesh = mesh
	return instance


static func _arrays(point: Callable) -> Array:
	const STEPS := 16
	var points := PackedVector3Array()
	var normals := PackedVector3Array()
	var corners := PackedInt32Array()
	for i in STEPS + 1:
		for j in STEPS + 1:
			var uv := Vector2(i, j) / STEPS
			points.append(point.call(uv.x, uv.y))
			normals.append(_normal(point, uv))
			if i < STEPS and j < STEPS:
				var k := i * (STEPS + 1) + j
				corners.append_array([k, k + 1, k + STEPS + 1, k + 1, k + STEPS + 2, k + STEPS + 1])
	var arrays := []
	arrays.resize(Mesh.ARRAY_MAX)
	arrays[Mesh.ARRAY_VERTEX] = points
	arrays[Mesh.ARRAY_NORMAL] = normals
	arrays[Mesh.ARRAY_INDEX] = corners
	return arrays


static func _normal(point: Callable, uv: Vector2) -> Vector3:
	var inside := uv.clamp(Vector2.ONE * 0.01, Vector2.ONE * 0.99)
	var along: Vector3 = point.call(inside.x + 0.005, inside.y) - point.call(inside.x - 0.005, inside.y)
	var down: Vector3 = point.call(inside.x, inside.y + 0.005) - point.call(inside.x, inside.y - 0.005)
	var normal := down.cross(along).normalized()
	var at: Vector3 = point.call(inside.x, inside.y)
	return normal if normal.dot(at + Vector3(0, 0, 0.001)) >= 0 else -normal


static func _difference(bent: Array, straight: Array) -> Array:
	for kind: int in [Mesh.ARRAY_VERTEX, Mesh.ARRAY_NORMAL]:
		for i in bent[kind].size():
			bent[kind][i] -= straight[kind][i]
	bent[Mesh.ARRAY_INDEX] = null
	return bent
