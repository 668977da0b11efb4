"""What stands in the JSON files of an Audio2Face-3D model folder. Fields that nothing here needs are skipped.

Source: deploy.py of NVIDIA's Audio2Face-3D Training Framework writes them, the parse helpers of its SDK read
them.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

Count = Annotated[int, Meta(ge=1, le=10_000_000)]
Size = Annotated[int, Meta(ge=0, le=10_000_000)]
Seconds = Annotated[float, Meta(ge=0)]

TEMPLATE = 54.7
"""templateBBSize where a file does not say it: that of NVIDIA's template head, in centimetres."""


class Pair(Struct, frozen=True):
    """The blendshapes of one mesh: how to solve for them, and their geometry."""

    config: str
    data: str


class Shapes(Struct, frozen=True):
    """`blendshapePaths` of one identity."""

    skin: Pair
    tongue: Pair | None = None


class Kind(Struct, frozen=True):
    """`id` of network_info.json."""

    type: str
    actor: str = ""
    version: str = ""


class ModelFile(Struct, frozen=True, rename="camel"):
    """model.json, as far as both kinds of network share it."""

    network_info_path: str
    network_path: str


class RegressionFile(ModelFile, frozen=True, rename="camel"):
    """model.json of a regression network."""

    model_config_path: str
    model_data_path: str
    emotion_database_path: str
    blendshape_paths: Shapes


class DiffusionFile(ModelFile, frozen=True, rename="camel"):
    """model.json of a diffusion network: one entry for each identity, in the order of the network's."""

    model_config_paths: list[str]
    model_data_paths: list[str]
    blendshape_paths: list[Shapes]


class NetworkInfo(Struct, frozen=True):
    """network_info.json, as far as both kinds of network share it."""

    id: Kind


class RegressionParams(Struct, frozen=True):
    """Sizes of a regression network's tensors."""

    explicit_emotions: list[str]
    default_emotion: list[float]
    implicit_emotion_len: Size
    num_shapes_skin: Count
    num_verts_skin: Count
    num_shapes_tongue: Size = 0
    num_verts_tongue: Size = 0
    result_jaw_size: Size = 0
    result_eyes_size: Size = 0


class RegressionAudio(Struct, frozen=True):
    """Its window: `buffer_len` samples, of which `buffer_ofs` lie before the moment of the frame."""

    buffer_len: Count
    buffer_ofs: Size
    samplerate: Count


class RegressionInfo(NetworkInfo, frozen=True):
    """network_info.json of a regression network."""

    params: RegressionParams
    audio_params: RegressionAudio


class DiffusionParams(Struct, frozen=True):
    """Sizes of a diffusion network's tensors."""

    emotions: list[str]
    default_emotion: list[float]
    identities: list[str]
    skin_size: Count
    num_diffusion_steps: Count
    num_gru_layers: Count
    gru_latent_dim: Count
    num_frames_left_truncate: Size
    num_frames_right_truncate: Size
    num_frames_center: Count
    tongue_size: Size = 0
    jaw_size: Size = 0
    eyes_size: Size = 0


class DiffusionAudio(Struct, frozen=True):
    """Its window, in samples; the first one begins `padding_left` before the audio."""

    buffer_len: Count
    padding_left: Size
    samplerate: Count


class DiffusionInfo(NetworkInfo, frozen=True):
    """network_info.json of a diffusion network."""

    params: DiffusionParams
    audio_params: DiffusionAudio


class Look(Struct, frozen=True):
    """`config` of model_config.json: how the network's geometry becomes the face."""

    input_strength: float
    upper_face_smoothing: Seconds
    lower_face_smoothing: Seconds
    upper_face_strength: float
    lower_face_strength: float
    face_mask_level: float
    face_mask_softness: Annotated[float, Meta(gt=0)]
    skin_strength: float
    eyelid_open_offset: float = 0.0
    lip_open_offset: float = 0.0
    tongue_strength: float = 1.0
    tongue_height_offset: float = 0.0
    tongue_depth_offset: float = 0.0
    source_shot: str | None = None
    source_frame: int | None = None


class LookFile(Struct, frozen=True):
    """model_config.json."""

    config: Look


class SolveParams(Struct, frozen=True):
    """`blendshape_params` of bs_skin_config.json and bs_tongue_config.json.

    Poses that form a pair share a number in `cancel` or `symmetry`; -1 means no pair.
    """

    count: Count = field(name="numPoses")
    active: list[int] = field(name="bsSolveActivePoses")
    cancel: list[int] = field(name="bsSolveCancelPoses")
    symmetry: list[int] = field(name="bsSolveSymmetryPoses")
    gains: list[float] = field(name="bsWeightMultipliers")
    offsets: list[float] = field(name="bsWeightOffsets")
    sparse: Seconds = field(name="strengthL1regularization")
    small: Seconds = field(name="strengthL2regularization")
    steady: Seconds = field(name="strengthTemporalSmoothing")
    symmetric: Seconds = field(name="strengthSymmetry")
    template: Annotated[float, Meta(gt=0)] = field(name="templateBBSize", default=TEMPLATE)


class SolveFile(Struct, frozen=True):
    """bs_skin_config.json or bs_tongue_config.json."""

    blendshape_params: SolveParams
