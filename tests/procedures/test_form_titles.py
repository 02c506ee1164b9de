"""What an editor chooses from is called by its words; of one name, by where it stands."""

from procedures.form_titles import apart


def test_one_name_of_several_is_told_by_its_place_then_by_its_key():
    titles = {"a": "Ngày sinh", "b": "Ngày sinh", "c": "Ngày sinh", "d": "Họ tên"}
    keys = {key: key for key in titles}
    around = {"a": "Người mẹ", "b": "Người cha", "c": "Người cha", "d": "Người mẹ"}
    assert apart(titles, around, keys) == {
        "a": "Ngày sinh (Người mẹ)",
        "b": "Ngày sinh (b)",
        "c": "Ngày sinh (c)",
        "d": "Họ tên",
    }
    assert apart(titles, {}, keys)["a"] == "Ngày sinh (a)" and apart({}, {}, {}) == {}
