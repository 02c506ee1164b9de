"""Who gets what at which address, outside the back office: one row for every address that the portal answers.

Columns are EVERYONE, in this order. A number is the status of the answer; SIGN_IN is the way to the sign-in page;
AWAY is a redirect elsewhere. `{code}` is the owner's dossier; the desk's agency decides it, and it waits for money.
`{result}` is what that agency issued her in another one, `{paper}` a letter, `{bundle}` what she declared for several
agencies, `{org_paper}` and `{org_letter}` what an organisation holds, for which two of EVERYONE act; each has its file,
`{result_file}` and so on. The mandatary files for the owner, in this procedure and without her store: `{held_code}` and
`{held_draft}` are what she filed and began, `{held_paper}` what she brought with it.
"""

from collections.abc import Callable
from dataclasses import dataclass

EVERYONE = ("anonymous", "stranger", "owner", "desk", "foreign_desk", "org_reader", "org_filer", "mandatary")
SIGN_IN, AWAY = "sign in", "away"
Expected = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One method of one address, and what each of EVERYONE gets."""

    method: str
    address: str
    expected: Expected
    body: tuple[tuple[str, str], ...] = ()


def _open(address: str, status: int | str = 200, method: str = "get") -> Row:
    return Row(method, address, (status,) * len(EVERYONE))


def _signed_in(address: str, status: int | str = 200, method: str = "get") -> Row:
    """Everybody's own page of this kind."""
    return Row(method, address, (SIGN_IN, *(status,) * (len(EVERYONE) - 1)))


def _owners(address: str, status: int | str = 200, method: str = "get", **body: str) -> Row:
    return Row(method, address, (SIGN_IN, 404, status, 404, 404, 404, 404, 404), tuple(body.items()))


def _members(address: str, reader: int | str = 200, filer: int | str = 200, method: str = "get") -> Row:
    """What an organisation holds is nobody's but its members', as far as their role goes."""
    return Row(method, address, (SIGN_IN, 404, 404, 404, 404, reader, filer, 404))


def _store_of(name: str, file: str, owners: Callable[..., Row], *, content: int = 404) -> list[Row]:
    """Every address of the store for one document of an owner."""
    return [
        owners(f"/kho-du-lieu/{name}/"),
        owners(f"/kho-du-lieu/{name}/tep/", AWAY),
        owners(f"/kho-du-lieu/tep/{file}/"),
        owners(f"/kho-du-lieu/tep/{file}/dau-chim/"),
        owners(f"/kho-du-lieu/tep/{file}/dau-chim/", 422, method="post"),
        owners(f"/kho-du-lieu/{name}/chia-se/"),
        owners(f"/kho-du-lieu/{name}/chia-se/", 422, method="post"),
        owners(f"/kho-du-lieu/{name}/xoa/"),
        owners(f"/kho-du-lieu/{name}/xoa/", 409, method="post"),
        owners(f"/kho-du-lieu/{name}/noi-dung.json", content),
        _signed_in(f"/kho-du-lieu/{name}/chuyen-to-chuc/", 404),
        _signed_in(f"/kho-du-lieu/{name}/chuyen-to-chuc/", 404, "post"),
    ]


def _mandated(address: str, status: int | str = 200, method: str = "get", *, owner: int | str | None = None) -> Row:
    """What somebody filed for the owner: hers and the owner's, and nobody else's."""
    hers = status if owner is None else owner
    return Row(method, address, (SIGN_IN, 404, hers, 404, 404, 404, 404, status))


def _both(address: str, status: int | str = 200, method: str = "get") -> Row:
    return _members(address, status, status, method)


def _filers(address: str, status: int | str = 200, method: str = "get") -> Row:
    return _members(address, 404, status, method)


D, F = "/ho-so/{code}/", "/nop-ho-so/1.008000/{draft}/"
NOBODYS = "/giup-nop-ho-so/12345678-1234-5678-1234-567812345678"
PAGES = [
    _open("/"),
    _open("/favicon.ico", AWAY),
    _open("/tro-giup/"),
    _open("/en/quan-tri/", AWAY),
    _open("/en/quan-tri/ho-so/H26/", AWAY),
    _open("/tro-giup/tro-nang/"),
    _open("/tro-giup/du-lieu-ca-nhan/"),
    _open("/tro-giup/hien-thi/"),
    _open("/tro-giup/hien-thi/", 422, "post"),
    _open("/thu-tuc/"),
    _open("/thu-tuc/goi-y/?q=thu"),
    _open("/thu-tuc/loc/linh-vuc/"),
    _open("/thu-tuc/loc/khong-co/", 404),
    _open("/thu-tuc/don-vi-hanh-chinh/01/"),
    _open("/thu-tuc/don-vi-hanh-chinh/xx/", 404),
    _open("/thu-tuc/co-quan/?q=UBND"),
    _open("/thu-tuc/1.008000/"),
    _open("/thu-tuc/9.999999/", 404),
    _open("/thu-tuc/1.008000/noi/", AWAY),
    _open("/thu-tuc/1.008000/ban-cong-bo/"),
    _open("/thu-tuc/1.008000/ban-cong-bo/1-2/", 404),
    _open("/viec-trong-doi/khong-co/", 404),
    _open("/danh-cho/khong-co/", 404),
    _open("/robots.txt"),
    _open("/sitemap.xml"),
    _open("/sitemap-khong-co.xml", 404),
    _open("/nop-ho-so/1.008000/"),
    # officials have no VNeID account here
    Row("post", "/nop-ho-so/1.008000/", (SIGN_IN, AWAY, AWAY, 403, 403, AWAY, AWAY, AWAY)),
    _owners(f"{F}noi-nop/"),
    _owners(f"{F}noi-dung/"),
    _owners(f"{F}kiem-tra/"),
    _owners(f"{F}khong-co/", 404),
    _owners(f"{F}kiem-tra/", 422, "post"),
    _owners(f"{F}da-co/?thanh-phan=TEST-GIAY"),
    _owners(f"{F}da-co/", 404, "post"),
    _owners(f"{F}xoa/"),
    _owners(f"{F}ban-moi/", AWAY),  # there is none; tests/dossiers/test_rebasing.py
    _owners(f"{F}ban-moi/", AWAY, "post"),
    _signed_in("/ho-so/"),
    _owners("/lien-thong/{bundle}/"),
    _open("/xm/nhat-ky.json"),
    _open("/chia-se/khong-co-lien-ket-nao-nhu-the-nay/", 404),
    _open("/chia-se/xem/", 404),
    _open("/chia-se/xem/tep/1/", 404),
    _signed_in("/kho-du-lieu/chia-se/"),
    _signed_in("/kho-du-lieu/chia-se/0/dong/", 404, "post"),
    _owners("/kho-du-lieu/{document}/chia-se/"),
    _signed_in("/kho-du-lieu/ai-da-xem/bang-chung.json"),
    _signed_in("/kho-du-lieu/dong-y/"),
    _signed_in("/kho-du-lieu/dong-y/0/rut/", 404, "post"),
    _open("/api/v1/procedures/1.008000/form-schema/"),
    _owners(D),
    _owners(f"{D}da-nop/"),
    _owners(f"{D}ban-du-thao/", AWAY),  # none waits for an answer; tests/dossiers/test_draft_checks.py
    _owners(f"{D}ban-du-thao/", AWAY, "post"),
    _owners(f"{D}ban-du-thao.pdf", 404),
    _owners(f"{D}bo-sung/", AWAY),
    _owners(f"{D}bo-sung/", AWAY, "post"),
    _owners(f"{D}trao-doi/"),
    _owners(f"{D}trao-doi/", 422, "post"),
    _owners(f"{D}rut/"),
    _owners(f"{D}rut/", 422, "post"),
    _owners(f"{D}danh-gia/"),
    _owners(f"{D}danh-gia/", 422, "post"),
    _signed_in("/giup-nop-ho-so/"),
    _signed_in("/giup-nop-ho-so/trao/"),
    _signed_in("/giup-nop-ho-so/trao/", 422, "post"),
    _signed_in("/giup-nop-ho-so/nhan/"),
    _signed_in("/giup-nop-ho-so/nhan/", 422, "post"),
    _signed_in(f"{NOBODYS}/", 404),  # who holds a right is in tests/dossiers/test_assistance.py
    _signed_in(f"{NOBODYS}/", 404, "post"),
    _signed_in(f"{NOBODYS}/thoi/", 404, "post"),
    _signed_in("/dai-dien/"),
    _signed_in("/dai-dien/uy-quyen/"),
    _signed_in("/dai-dien/uy-quyen/", 422, "post"),
    _signed_in("/dai-dien/nhan/"),
    _signed_in("/dai-dien/nhan/", 422, "post"),
    # an official has no store of her own and no level; who reads whose is in tests/dossiers/test_child_dossier_read.py
    Row("post", "/dai-dien/con/", (SIGN_IN, 404, 404, AWAY, AWAY, 404, 404, 404), (("giay-to", "{result}"),)),
    _signed_in("/dai-dien/12345678-1234-5678-1234-567812345678/thoi/", 404, "post"),
    _mandated("/ho-so/{held_code}/"),
    _mandated("/ho-so/{held_code}/da-nop/"),
    _mandated("/ho-so/{held_code}/trao-doi/"),
    _mandated("/ho-so/{held_code}/trao-doi/", 422, "post"),
    _mandated("/ho-so/{held_code}/bo-sung/", AWAY),
    _mandated("/ho-so/{held_code}/rut/"),
    _mandated("/ho-so/{held_code}/rut/", 422, "post"),
    _mandated("/thanh-toan/{held_code}/"),
    _mandated("/thanh-toan/{held_code}/", 422, "post"),
    _mandated("/nop-ho-so/1.008000/{held_draft}/kiem-tra/", owner=404),  # what is not filed yet is who types it's
    _mandated("/nop-ho-so/1.008000/{held_draft}/kiem-tra/", 422, "post", owner=404),
    _mandated("/nop-ho-so/1.008000/{held_draft}/xoa/", owner=404),
    _mandated("/kho-du-lieu/{held_paper}/"),
    _mandated("/kho-du-lieu/{held_paper}/xoa/", 404, owner=200),  # what lies in the owner's store she alone deletes
    _mandated("/kho-du-lieu/{held_paper}/chia-se/", 404, owner=200),
    _signed_in("/kho-du-lieu/?nguoi=x", 404),
    _signed_in("/kho-du-lieu/?nguoi=12345678-1234-5678-1234-567812345678", 404),
    _open("/tra-cuu/"),
    Row("post", "/tra-cuu/", (404,) * len(EVERYONE), (("code", "{code}"), ("phone_tail", "0000"))),
    _signed_in("/thanh-toan/"),
    # tests/payments/test_bundle.py pays for one
    _signed_in("/thanh-toan/lien-thong/12345678-1234-5678-1234-567812345678/", 404),
    _signed_in("/thanh-toan/lien-thong/12345678-1234-5678-1234-567812345678/", 404, "post"),
    _owners("/thanh-toan/{code}/"),
    _owners("/thanh-toan/{code}/", 422, "post"),
    _owners("/thanh-toan/{code}/bien-lai/", AWAY),  # nothing is paid yet; tests/payments/test_receipt.py
    _owners("/thanh-toan/ket-qua/vnpay/?vnp_TxnRef={order}"),
    _owners("/thanh-toan/ket-qua/khong-co/?x={order}", 404),
    _owners("/thanh-toan/chung-tu/vnpay/{order}/", 404),  # VNPAY gives out no vouchers
    _signed_in("/kho-du-lieu/"),
    _signed_in("/kho-du-lieu/giay-to-cho/1.008000/"),
    _signed_in("/kho-du-lieu/them/"),
    _signed_in("/kho-du-lieu/them/", 422, "post"),
    _signed_in("/kho-du-lieu/tai-ve.zip"),
    _signed_in("/kho-du-lieu/tai-ve.zip?to-chuc=0", 404),
    _signed_in("/kho-du-lieu/?to-chuc=0", 404),
    _signed_in("/kho-du-lieu/{document}/chuyen-to-chuc/", 404),  # none of them acts for an organisation
    _signed_in("/kho-du-lieu/{document}/chuyen-to-chuc/", 404, "post"),
    _signed_in("/to-chuc/"),
    _signed_in("/to-chuc/0/", 404),  # none of them acts for an organisation; tests/datastore/test_members.py
    _signed_in("/to-chuc/0/them/", 404),
    _signed_in("/to-chuc/0/them/", 404, "post"),
    _signed_in("/to-chuc/0/thanh-vien/0/thoi/", 404),
    _signed_in("/to-chuc/0/thanh-vien/0/thoi/", 404, "post"),
    _signed_in("/to-chuc/0/lich-su/0/chi-dinh-lai/", 404, "post"),
    _signed_in("/to-chuc/0/tu-thoi/", 404),
    _signed_in("/to-chuc/0/tu-thoi/", 404, "post"),
    _owners("/kho-du-lieu/tep/{file}/dau-chim/"),
    _owners("/kho-du-lieu/tep/{file}/dau-chim/", 422, "post"),
    _signed_in("/kho-du-lieu/tai-len/", 204, "options"),
    _signed_in("/kho-du-lieu/tai-len/", 400, "post"),  # announces no length
    _signed_in("/kho-du-lieu/tai-len/khong-co/", 404, "head"),
    _signed_in("/kho-du-lieu/tai-len/khong-co/", 404, "delete"),
    _signed_in("/kho-du-lieu/ai-da-xem/"),
    _owners("/kho-du-lieu/{document}/"),
    _owners("/kho-du-lieu/{document}/xoa/"),
    _owners("/kho-du-lieu/{document}/xoa/", 409, "post"),  # the dossier refers to it
    # the deciding agency reads what was granted to it, by the address of the bytes
    _signed_in("/kho-du-lieu/{document}/noi-dung.json", 404),  # it is no result of the portal's
    Row("get", "/kho-du-lieu/{document}/tep/", (SIGN_IN, 404, AWAY, AWAY, 404, 404, 404, 404)),
    Row("get", "/kho-du-lieu/tep/{file}/", (SIGN_IN, 404, 200, 200, 404, 404, 404, 404)),
    *_store_of("{result}", "{result_file}", _owners, content=200),
    *_store_of("{paper}", "{paper_file}", _owners),
    *_store_of("{org_paper}", "{org_paper_file}", _both),
    *_store_of("{org_letter}", "{org_letter_file}", _filers),
    _signed_in("/hop-thu/"),
    _signed_in("/hop-thu/cach-nhan/"),
    _signed_in("/hop-thu/cach-nhan/", AWAY, "post"),
    _signed_in("/hop-thu/da-doc/", AWAY, "post"),
    _signed_in("/hop-thu/da-doc/", 405),
    _owners("/hop-thu/{letter}/mo/", AWAY, "post"),
    _open("/hop-thu-thu-nghiem/"),  # development only; test_development_only
    _open("/tai-khoan/ban-dung-thu/"),  # development only
    Row("get", "/tai-khoan/vao/", (200, *(AWAY,) * (len(EVERYONE) - 1))),
    _open("/tai-khoan/", AWAY),
    _signed_in("/tai-khoan/toi/"),
    _open("/xm/"),
    _open("/xm/tep/"),
    Row("get", "/xm/can-bo/", (SIGN_IN, 404, 404, 200, 200, 404, 404, 404)),
    Row("post", "/xm/can-bo/", (SIGN_IN, 404, 404, 422, 422, 404, 404, 404)),
    _open("/xm/tep/", 422, "post"),
    _open("/xm/AAAAAAAAAAAAAAAA", 404),
    _open("/XM/AAAAAAAAAAAAAAAA", 404),
    _open("/xm/khoa.json"),
    _open("/xm/khoa.jws"),
    _open("/xm/khoa.cose"),
    _open("/xm/goc.json"),
    _open("/xm/thu-hoi.cose"),
    _open("/xm/thu-hoi.json"),
    _open("/xm/ung-dung.webmanifest"),
    _open("/xm/sw.js"),
    _open("/cong-khai/"),
    _open("/cong-khai/ho-so/"),
    _open("/cong-khai/hoi-lai/"),
    _owners(f"{D}da-co/?thanh-phan=TEST-GIAY", 404),  # no supplement is waited for; tests/dossiers/test_already_held.py
    _open("/cong-khai/so-lieu.csv"),
    _open("/cong-khai/ho-so.csv"),
    _open("/phan-anh/"),
]

MACHINES = [
    # a browser's session opens none of these; what opens them is in API
    _open("/healthz"),
    _open("/readyz"),
    _open("/metrics"),  # from this machine only; tests/api/test_ops.py
    _open("/api/v1/"),
    _open("/api/schema/"),
    _open("/api/docs/"),
    _open("/api/v1/procedures/"),  # the catalogue is everybody's
    _open("/api/v1/procedures/changes/"),
    _open("/api/v1/procedures/1.008000/"),
    _open("/api/v1/events/", 401),
    _open("/api/v1/dossiers/", 401),
    _open("/api/v1/dossiers/events/", 401, "post"),
    _open("/api/v1/dossiers/{code}/", 401),
    _open("/api/v1/dossiers/{code}/events/", 401),
    _open("/api/v1/dossiers/{code}/events/", 401, "post"),
    _open("/api/v1/dossiers/{code}/files/{file}/", 401),
    _open("/api/v1/uploads/", 401, "post"),
    _open("/api/v1/uploads/khong-co/", 401, "patch"),
    _open("/api/v1/uploads/khong-co/", 401, "delete"),
    _open("/api/v1/documents/", 401),
    _open("/api/v1/documents/{document}/", 401),
    _open("/api/v1/documents/{document}/files/{file}/", 401),
    _open("/mapi/g"),  # always 200; the body refuses (tests/wire)
    _open("/VXPAdapter/RestService/x"),
    _open(f"/truc-mc/{'x' * 40}/LayThuTuc"),
    _open("/KetNoiMotCuaQuocGia/LayThuTuc"),
    _open("/lgsp/GetNextValue", 401),
    _open("/thanh-toan/vnpay/ipn/"),  # always 200; the signature decides (tests/payments)
    _open("/thanh-toan/npp/ipn/", 405),
    _open("/thanh-toan/npp/ipn/", 200, "post"),
    _open("/thanh-toan/npp/tra-ve/", AWAY),
    _open("/.well-known/openid-configuration"),
    _open("/.well-known/jwks.json"),
    _open("/identity/o/api/token", 400, "post"),
    _open("/identity/o/api/revoke", 400, "post"),
    _open("/identity/o/api/device/code", 400, "post"),
    _open("/identity/o/api/userinfo", 401),
]

API_CALLERS = ("own", "own, other scope", "foreign", "unknown", "beside")
API: list[tuple[str, str, str, Expected]] = [
    # method, address, scope, what each of API_CALLERS gets
    ("get", "/api/v1/events/", "dossiers:read", (200, 403, 200, 401, 200)),
    ("get", "/api/v1/dossiers/", "dossiers:read", (200, 403, 200, 401, 200)),
    ("post", "/api/v1/dossiers/events/", "events:write", (422, 403, 422, 401, 422)),
    ("get", "/api/v1/dossiers/{code}/", "dossiers:read", (200, 403, 404, 401, 404)),
    ("get", "/api/v1/dossiers/{code}/events/", "dossiers:read", (200, 403, 404, 401, 404)),
    ("post", "/api/v1/dossiers/{code}/events/", "events:write", (422, 403, 422, 401, 422)),
    ("get", "/api/v1/dossiers/{code}/files/{file}/", "documents:read", (200, 403, 404, 401, 404)),
    ("post", "/api/v1/uploads/", "results:write", (400, 403, 400, 401, 400)),
    ("patch", "/api/v1/uploads/khong-co/", "results:write", (404, 403, 404, 401, 404)),
    ("delete", "/api/v1/uploads/khong-co/", "results:write", (404, 403, 404, 401, 404)),
    ("get", "/api/v1/documents/", "documents:read", (200, 403, 200, 401, 200)),
    ("get", "/api/v1/documents/{document}/", "documents:read", (200, 403, 404, 401, 404)),
    ("get", "/api/v1/documents/{document}/files/{file}/", "documents:read", (200, 403, 404, 401, 404)),
    # what the portal signed goes to the system that decided, and to nobody else
    ("get", "/api/v1/documents/{result}/", "documents:read", (200, 403, 404, 401, 404)),
    ("get", "/api/v1/documents/{result}/files/{result_file}/", "documents:read", (200, 403, 404, 401, 404)),
    *(
        ("get", address, "documents:read", (404, 403, 404, 401, 404))
        for address in (
            "/api/v1/dossiers/{code}/files/{result_file}/",
            "/api/v1/documents/{document}/files/{result_file}/",
            "/api/v1/documents/{paper}/",
            "/api/v1/documents/{paper}/files/{paper_file}/",
            "/api/v1/documents/{org_paper}/",
            "/api/v1/documents/{org_paper}/files/{org_paper_file}/",
            "/api/v1/documents/{org_letter}/files/{org_letter_file}/",
        )
    ),
]

WIRE_CALLERS = ("own", "foreign", "beside")
WIRE_FILES: dict[str, tuple[str, ...]] = {
    # LayTepKhoDuLieu: error_code for each of WIRE_CALLERS, where `own` handles both dossiers
    "file": ("0", "-6", "-6"),
    "result_file": ("0", "-6", "-6"),
    "paper_file": ("-6", "-6", "-6"),
    "org_paper_file": ("-6", "-6", "-6"),
    "org_letter_file": ("-6", "-6", "-6"),
}
WIRE_OWNERS: dict[str, tuple[set[str], ...]] = {
    # TraCuuKhoDuLieu: which papers of this owner each of WIRE_CALLERS is told of
    "owner": ({"document", "result"}, set(), set()),
    "company": (set(), set(), set()),
}

LIBRARY = frozenset(
    {
        # allauth's own pages: people's sign-in, second factor and connections, each about the reader alone. The
        # portal's rules for them are in tests/accounts; here they only may not answer a stranger with an error.
        "tai-khoan/login/", "tai-khoan/logout/", "tai-khoan/inactive/", "tai-khoan/signup/",
        "tai-khoan/reauthenticate/", "tai-khoan/email/", "tai-khoan/confirm-email/", "tai-khoan/password/change/",
        "tai-khoan/password/set/", "tai-khoan/password/reset/", "tai-khoan/login/code/confirm/",
        "tai-khoan/password/reset/key/done/", "tai-khoan/password/reset/done/", "tai-khoan/2fa/",
        "tai-khoan/2fa/authenticate/", "tai-khoan/2fa/reauthenticate/", "tai-khoan/2fa/totp/activate/",
        "tai-khoan/2fa/totp/deactivate/", "tai-khoan/2fa/recovery-codes/", "tai-khoan/2fa/recovery-codes/generate/",
        "tai-khoan/2fa/recovery-codes/download/", "tai-khoan/3rdparty/login/cancelled/",
        "tai-khoan/3rdparty/login/error/", "tai-khoan/3rdparty/signup/", "tai-khoan/3rdparty/",
        "tai-khoan/social/login/cancelled/", "tai-khoan/social/login/error/", "tai-khoan/social/signup/",
        "tai-khoan/social/connections/", "tai-khoan/oidc/vneid/login/callback/", "tai-khoan/oidc/vneid/login/",
        "tai-khoan/oidc/nobody/login/callback/", "tai-khoan/confirm-email/abc/",
        "tai-khoan/password/reset/key/1-abc/", "identity/o/authorize", "identity/o/device", "identity/o/logout",
    }
)  # fmt: skip
