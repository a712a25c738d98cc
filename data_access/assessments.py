"""Reading schemes of assessment: a folder with scheme.csv, items.csv and peer_groups.csv, which an office edits.

Here a cell is only made a number or a word of a list; whether a scheme makes sense is workflows/assessments.py.
"""

from pathlib import Path

from data_access.errors import InputError
from data_access.kinds import Column, Kind
from data_access.pack_kinds import NAME_EN, NOTE_EN, NOTE_ZH
from data_access.packs import Pack, _read_file

RULES = {
    "reach": ("达标得分", "达标"),
    "share": ("按比例得分", "比例"),
    "deduct": ("扣分", "逐档扣分"),
    "veto": ("一票否决", "否决"),
}
COMPARATORS = {">=": ("≥", "不低于", "达到", "以上"), "<=": ("≤", "不高于", "不超过", "以下")}
LEVELS = {"county": ("旗县区", "区县"), "township": ("乡镇街道", "乡镇"), "prefecture": ("市", "盟市")}

SCHEME = Kind(
    "scheme",
    "考核方案",
    (
        Column("scheme_id", "方案编号", "slug", required=True),
        Column("plan_id", "计划编号", "slug", required=True),
        Column("level", "考核层级", "choice", required=True, choices=LEVELS),
        Column("name_zh", "方案名称", "name", required=True),
        NAME_EN,
        Column("is_example", "是否示例", "yes_no"),
        NOTE_ZH,
        NOTE_EN,
    ),
    key=("scheme_id",),
)
ITEMS = Kind(
    "items",
    "考核项",
    (
        Column("item_id", "考核项编号", "slug", required=True),
        Column("indicator_id", "指标编号", "slug", required=True),
        Column("name_zh", "考核项名称", "name", required=True),
        NAME_EN,
        Column("rule", "计分规则", "choice", required=True, choices=RULES),
        Column("full_marks", "满分", "number", required=True),
        Column("comparator", "比较方式", "choice", required=True, choices=COMPARATORS),
        Column("goal", "目标值", "number", required=True),
        Column("start", "起点值", "number"),
        Column("step", "每档幅度", "number"),
        Column("marks_per_step", "每档扣分", "number"),
        NOTE_ZH,
        NOTE_EN,
    ),
    key=("item_id",),
)
GROUPS = Kind(
    "peer_groups",
    "分组",
    (
        Column("area_id", "地区代码", "code", required=True),
        Column("group_zh", "组别", "name", required=True),
        Column("group_en", "组别英文名"),
    ),
    key=("area_id",),
)
KINDS = {kind.name: kind for kind in (SCHEME, ITEMS, GROUPS)}


def read_scheme(folder: Path) -> Pack:
    """The three sheets of one scheme. Raises InputError where a file is missing; wrong cells are in its sheets' problems."""
    missing = [f"{name}.csv（{kind.label}）" for name, kind in KINDS.items() if not (folder / f"{name}.csv").is_file()]
    if missing:
        raise InputError(f"{folder.name}：缺少 {'、'.join(missing)}。请补上；各列可照 packs/assessments 里的示例。")
    sheets, hashes, notices = {}, [], []
    for name, kind in KINDS.items():
        found, its_hash, its_notices = _read_file(folder / f"{name}.csv", f"{folder.name}/{name}.csv", {"": kind})
        sheets |= found
        hashes += its_hash.values()
        notices += its_notices
    return Pack(folder.name, "".join(hashes), sheets, notices)
