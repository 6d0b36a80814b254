"""Archives that are wrong in ways that reading them does not say at once."""

import io
import struct
import zipfile

import numpy as np


def broken_stream(data: bytes) -> bytes:
    """An archive whose directory is whole, and whose first member cannot be unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.infolist()[0]
    names = struct.unpack("<HH", data[first.header_offset + 26 : first.header_offset + 30])
    begin = first.header_offset + 30 + sum(names)
    return data[:begin] + b"\xff" * first.compress_size + data[begin + first.compress_size :]


def bomb(arrays: int) -> bytes:
    """A small archive of a schedule's two arrays, each of so many numbers once it is unpacked."""
    out = io.BytesIO()
    zeros = np.zeros(arrays, np.int32)
    np.savez_compressed(out, allow_pickle=False, choice=zeros, seat=zeros)
    return out.getvalue()
