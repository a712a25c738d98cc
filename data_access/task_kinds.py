"""The files of annual work points: the points themselves, and what is done of them."""

from data_access.columns import AREA, AREA_NAME, DAY_HELP, MARK, Column, Kind

STATES = {
    "not_started": ("未启动", "未开始"),
    "under_way": ("推进中", "进行中", "正在推进"),
    "done": ("已完成", "完成"),
    "stopped": ("已终止", "终止", "取消"),
}
TASK = Column(
    "task_id", "任务编号", "slug", required=True, synonyms=("编号", "要点编号", "工作要点编号"), example="2026-01"
)

TASKS = Kind(
    "tasks",
    "年度任务",
    (
        TASK,
        Column("year", "年度", "year", required=True, synonyms=("年份",), example="2026"),
        Column("title_zh", "任务名称", "name", required=True, synonyms=("任务", "工作要点", "名称")),
        Column("title_en", "英文名称", synonyms=("title",)),
        AREA,
        AREA_NAME,
        Column("chapter_zh", "章节", synonyms=("板块", "专项行动", "类别")),
        Column(
            "owner_zh",
            "牵头部门",
            "name",
            required=True,
            synonyms=("责任部门", "牵头单位", "责任单位"),
            example="市卫生健康委",
        ),
        Column("co_owners_zh", "配合部门", synonyms=("配合单位",), help="多个部门用 ; 隔开"),
        Column("deliverable_zh", "任务要求", synonyms=("成果形式", "目标任务", "工作内容")),
        Column("deliverable_en", "英文要求"),
        Column("quantity", "任务数量", "number", synonyms=("目标数量", "数量"), help="没有数量要求的留空"),
        Column("unit", "单位", synonyms=("计量单位",), help="填了数量必须填单位", example="个"),
        Column(
            "due",
            "完成时限",
            "period",
            required=True,
            synonyms=("时限", "完成期限"),
            help="2026、2026Q3 或 2026-06",
            example="2026Q3",
        ),
        Column("plan_id", "方案编号", "slug", synonyms=("方案",), help="落实哪个方案"),
        Column("plan_task_no", "方案中的任务编号", help="与方案包 tasks 表一致"),
        Column("indicator_id", "对应指标", "slug", help="由完成数量推算哪个指标"),
        MARK,
    ),
    key=("task_id",),
)
TASK_REPORTS = Kind(
    "task_reports",
    "任务进展",
    (
        TASK,
        Column(
            "period",
            "时期",
            "period",
            required=True,
            synonyms=("月份", "统计时期", "填报月份", "时间"),
            help="2026-07 或 2026Q3",
            example="2026-07",
        ),
        Column(
            "state", "进展状态", "choice", required=True, synonyms=("状态", "进展"), choices=STATES, example="推进中"
        ),
        Column(
            "quantity_done",
            "累计完成数量",
            "number",
            synonyms=("完成数量", "累计完成"),
            help="从年初累计，比上一期少的请在备注中写明原因；没有数量的任务留空",
        ),
        Column("evidence", "佐证材料", synonyms=("佐证", "依据"), help="文件编号或网址"),
        Column("note", "备注", synonyms=("说明", "问题与困难")),
        Column("reported_on", "上报日期", "date", synonyms=("填报日期",), help=DAY_HELP),
        MARK,
    ),
    key=("task_id", "period"),
)
TASK_KINDS = (TASKS, TASK_REPORTS)
