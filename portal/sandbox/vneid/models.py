"""Electronic identity accounts (tài khoản định danh điện tử) of invented people and one invented firm."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Account(AbstractBaseUser):
    """One account; `number` is a personal identification number, or a tax code for an organisation."""

    tech_id = models.UUIDField(unique=True)
    number = models.CharField(max_length=14, unique=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    person = models.JSONField(default=dict)

    USERNAME_FIELD = "number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = BaseUserManager()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.tech_id)

    @property
    def is_organisation(self) -> bool:
        return self.person["account_type"] == 2

    @property
    def display_name(self) -> str:
        return self.person["organisation_name"] if self.is_organisation else self.person["full_name"]

    @property
    def claims(self) -> dict[str, Any]:
        """The claims of the national single sign-on, next to the standard ones; names as the clients read them."""
        person = self.person
        address = ", ".join([person["address_line"], person["commune_name"], person["province_name"]])
        levels = ["LoA1", "LoA2"][: person["level"]]
        claims = {
            "sub": str(self.tech_id),
            "name": self.display_name,
            "email": person["email"],
            "email_verified": True,
            "phone_number": person["phone"],
            "birthdate": person["birth_date"],
            "gender": person["gender"],
            "acr": levels[-1],
            "TechID": str(self.tech_id),
            "LoaiTaiKhoan": person["account_type"],
            "HoVaTen": person["full_name"],
            # an organisation's account is used by its legal representative: the personal claims are that person's
            "SoDinhDanh": person.get("representative_number") or person["number"],
            "GioiTinh": {"male": 1, "female": 2}.get(person["gender"]),
            "DiaChi": address,
            "SoDienThoai": person["phone"],
            "ThuDienTu": person["email"],
            "loAs": levels,
            "province_code": person["province_code"],
            "commune_code": person["commune_code"],
            "address_line": person["address_line"],
            "ethnicity": person["ethnicity"],
            "nationality": person["nationality"],
            "CongDanSo": 1 if person.get("is_digital_citizen") else 0,
        }
        if self.is_organisation:
            claims |= {
                "MaSoThue": person["tax_code"],
                "MaSoDoanhNghiep": person["tax_code"],
                "TenDoanhNghiep": person["organisation_name"],
            }
        return claims


class Registration(models.Model):
    """A newborn in the population database (CSDL quốc gia về dân cư): the number it got, by whose registration."""

    reference = models.CharField(max_length=80, unique=True)
    number = models.CharField(max_length=12, unique=True)
    full_name = models.CharField(max_length=300)
    born_on = models.DateField()
    gender = models.CharField(max_length=6)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.reference
