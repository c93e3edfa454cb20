"""The smallest files that look like a Vosk model from outside, and as an archive."""

import io
import zipfile

FST = (
    b"\xd6\xfd\xb2\x7e" + b"\x05\0\0\0const" + b"\x08\0\0\0standard" + b"\x02\0\0\0" + b"\0\0\0\0" + bytes(40)
)

MODEL = {
    "am/final.mdl": b"\0B<TransitionModel>",
    "conf/mfcc.conf": b"--use-energy=false\n",
    "conf/model.conf": b"--endpoint.silence-phones=1\n",
    "graph/HCLr.fst": FST,
    "graph/Gr.fst": FST,
    "graph/disambig_tid.int": b"",
    "graph/words.txt": b"<eps> 0\nnext 1\n",
}


def packed(files: dict[str, bytes], outer: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(outer + name, content)
    return out.getvalue()
