"""What a kind of file is made of: its columns, and those that many kinds share."""

from collections.abc import Mapping
from dataclasses import dataclass

CODE_HELP = "6 位（旗县区）、9 位（乡镇街道）或 12 位（村社区）代码，以文本填写"
DAY_HELP = "如 2024-07-01"
YES_NO = "是 或 否"


@dataclass(frozen=True)
class Column:
    """grammar names a reader (data_access/cells.py and imports.py); choices: stored word -> other words for it."""

    name: str
    label: str
    grammar: str = "text"
    required: bool = False
    synonyms: tuple[str, ...] = ()
    help: str = ""
    example: str = ""
    choices: Mapping[str, tuple[str, ...]] | None = None
    open_choices: bool = False  # a slug outside the list is taken as it stands


@dataclass(frozen=True)
class Kind:
    """key: the columns that may not repeat inside a file. either: of each group at least one column must be there."""

    name: str
    label: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    either: tuple[tuple[str, ...], ...] = ()
    other_names: tuple[str, ...] = ()  # a sheet or file of a pack may be called so too

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


EXAMPLE_MARK = "示例"
MARK = Column(
    "row_mark",
    "行标记",
    "mark",
    help=f"写着“{EXAMPLE_MARK}”的行在导入时跳过；其余行留空",
    example=EXAMPLE_MARK,
)
AREA = Column(
    "area_id",
    "地区代码",
    "area",
    required=True,
    synonyms=("区划代码", "行政区划代码", "地区编码", "行政区划", "区域代码", "乡镇代码", "旗县代码", "area", "code"),
    help=CODE_HELP,
    example="150602",
)
AREA_NAME = Column(
    "area_name",
    "地区名称",
    synonyms=("地区", "旗县区", "旗区", "乡镇", "area name", "district"),
    help="可不填；填了会与代码核对",
    example="东胜区",
)
NAME_ZH = Column("name_zh", "名称", "name", required=True, synonyms=("中文名称", "name", "name_cn"), example="东胜区")
NAME_EN = Column("name_en", "英文名称", synonyms=("english name", "英文名"), example="Dongsheng District")
