"""The files of the delivery side: programmes, whose turn it is, their counts; villages and services of self-management."""

from data_access.columns import AREA, AREA_NAME, DAY_HELP, MARK, NAME_EN, Column, Kind
from data_access.delivery_tables import STAGES

PROGRAMME_KINDS = {
    "screening": ("筛查", "筛查项目"),
    "exam": ("体检", "健康体检"),
    "vaccination": ("接种", "预防接种", "疫苗接种"),
    "sign_up": ("签约", "签约服务"),
    "management": ("管理", "健康管理", "规范管理"),
    "self_management": ("自我健康管理", "自我管理"),
}
COUNTED = {
    "in_period": ("当期", "本期", "当月"),
    "cumulative": ("本年累计", "累计"),
    "level": ("期末", "时点", "存量", "期末数"),
}
PERSON_RULES = {"sum": ("一轮一次", "相加"), "max": ("可多次", "取大")}
REPORT_EVERY = {"month": ("月", "按月", "每月"), "quarter": ("季", "按季", "每季"), "year": ("年", "按年", "每年")}
SEXES = {"all": ("不限", "全部"), "female": ("女", "女性"), "male": ("男", "男性")}
STATUSES_OF_A_COUNT = {
    "provisional": ("快报", "初步", "暂定", "初报", "preliminary"),
    "final": ("上报", "已上报", "年报", "正式", "reported", "终报"),
    "certified": ("核定", "审定", "已核定", "认定"),
}
# Other words for each step, as districts head their columns.
STAGE_WORDS = {
    "eligible": ("应检人数", "应查人数", "目标人数", "应种人数", "应管人数", "应签人数", "建档人数", "对象人数"),
    "invited": ("已通知人数", "通知人数", "邀请人数", "动员人数", "发卡人数"),
    "attended": ("已检人数", "实检人数", "实查人数", "筛查人数", "体检人数", "接种人数", "签约人数", "规范管理人数"),
    "positive": ("阳性人数", "初筛阳性人数", "异常人数", "检出人数", "可疑人数"),
    "confirmed": ("确诊人数", "复检确诊人数", "诊断人数"),
    "followed_up": ("随访人数", "已随访人数", "追访人数", "治疗随访人数"),
    "uploaded": ("上传人数", "录入人数", "建档上传人数", "上传条数"),
}
STAGE_LABELS = {
    "eligible": "应检（应管）人数",
    "invited": "已通知人数",
    "attended": "实检（实管）人数",
    "positive": "阳性人数",
    "confirmed": "确诊人数",
    "followed_up": "已随访人数",
    "uploaded": "已上传人数",
}
STAGE_CHOICES = {stage: (STAGE_LABELS[stage], *STAGE_WORDS[stage]) for stage in STAGES}
PROGRAMME = Column(
    "programme_id",
    "项目",
    "programme",
    required=True,
    synonyms=("项目编号", "项目代码", "项目名称", "programme", "program"),
    help="项目编号，或与项目表完全一致的名称",
    example="ordos-two-cancer",
)
NAME = Column("name_zh", "名称", "name", required=True, synonyms=("项目名称", "中文名称", "name"))

PROGRAMMES = Kind(
    "programmes",
    "项目",
    (
        Column("programme_id", "项目编号", "slug", required=True, synonyms=("项目代码",), example="ordos-two-cancer"),
        NAME,
        NAME_EN,
        AREA,
        AREA_NAME,
        Column("plan_id", "方案编号", "slug", synonyms=("方案",), help="落实哪个方案"),
        Column("plan_programme_id", "方案中的项目编号", "slug", help="与方案包 programmes 表一致"),
        Column(
            "kind", "项目类型", "choice", required=True, synonyms=("类型",), choices=PROGRAMME_KINDS, example="筛查"
        ),
        Column("sex", "性别", "choice", choices=SEXES),
        Column("age_min", "最小年龄", "number"),
        Column("age_max", "最大年龄", "number"),
        Column("eligibility_zh", "对象条件", synonyms=("对象", "目标人群")),
        Column(
            "cycle_months", "周期（月）", "whole", synonyms=("周期",), help="几个月一轮：12、24、36；没有轮次的不填"
        ),
        Column("first_month", "轮次起始月", "whole", help="一轮从几月开始；流感季可填 9；不填为 1"),
        Column("first_year", "首轮年份", "year", help="分批轮检的第一年；不填则按最近一个周期计算"),
        Column(
            "counted",
            "计数口径",
            "choice",
            required=True,
            synonyms=("口径",),
            choices=COUNTED,
            help="当期：只填本期人数；本年累计；期末：期末在管、在签人数",
            example="当期",
        ),
        Column(
            "person_rule", "一人多次", "choice", choices=PERSON_RULES, help="一轮内一人只来一次填“一轮一次”（不填即是）"
        ),
        Column("report_every", "上报频次", "choice", required=True, choices=REPORT_EVERY, example="月"),
        Column(
            "stages",
            "统计环节",
            "stages",
            required=True,
            help="环节用 ; 隔开，如 eligible;attended;positive;followed_up",
        ),
        Column("coverage_target_percent", "覆盖率目标（%）", "number", synonyms=("覆盖率目标",)),
        Column("quota_count", "任务人数", "number"),
        Column("delivered_by_zh", "承担机构"),
        Column("indicator_id", "对应指标", "slug", help="由本项目的数推算哪个指标"),
        Column("numerator_stage", "分子环节", "choice", choices=STAGE_CHOICES),
        Column("denominator_stage", "分母环节", "choice", choices=STAGE_CHOICES),
        Column("started_on", "开始日期", "date", help=DAY_HELP),
        Column("ended_on", "结束日期", "date", help=DAY_HELP),
        MARK,
    ),
    key=("programme_id",),
)
ROTA = Kind(
    "rota",
    "轮检批次",
    (
        PROGRAMME,
        AREA,
        AREA_NAME,
        Column("batch", "批次", "whole", help="第几批", example="1"),
        Column("year_due", "应检年份", "year", required=True, synonyms=("年份", "年度"), example="2025"),
        MARK,
    ),
    key=("programme_id", "area_id", "year_due"),
)
COUNTS = Kind(
    "programme_counts",
    "项目数据",
    (
        PROGRAMME,
        AREA,
        AREA_NAME,
        Column(
            "period",
            "时期",
            "period",
            required=True,
            synonyms=("统计时期", "报告期", "统计期", "月份", "年份", "年度", "时间"),
            help="与项目的上报频次一致：2026-07、2026Q3 或 2026",
            example="2026-07",
        ),
        *(
            Column(
                stage,
                STAGE_LABELS[stage],
                "persons",
                synonyms=STAGE_WORDS[stage],
                help="人数；没有统计的留空，不要填 0",
            )
            for stage in STAGES
        ),
        Column("stage", "环节", "choice", choices=STAGE_CHOICES, help="一行一个环节时填写，人数写在“人数”列"),
        Column("value", "人数", "persons", synonyms=("数值", "count")),
        Column(
            "status",
            "数据状态",
            "choice",
            synonyms=("状态",),
            choices=STATUSES_OF_A_COUNT,
            help="快报、上报或核定；不填按上报。上报数不会改动已核定的数",
            example="上报",
        ),
        Column("reported_on", "上报日期", "date", synonyms=("填报日期", "报送日期"), help=DAY_HELP),
        Column(
            "note",
            "备注",
            synonyms=("说明", "注", "remarks", "comment"),
            help="实检超过应检、应检超过人口时请写明原因，否则不予导入",
        ),
        MARK,
    ),
    key=("programme_id", "area_id", "period", "stage"),
    either=((*STAGES, "value"),),
)
SELFCARE_VILLAGES = Kind(
    "selfcare_villages",
    "自我健康管理设点村",
    (
        Column("village_id", "村（社区）编号", "slug", required=True, synonyms=("村代码", "编号", "村社区代码")),
        Column("name_zh", "村（社区）名称", "name", required=True, synonyms=("名称", "村名")),
        NAME_EN,
        AREA,
        AREA_NAME,
        Column(
            "started_on", "设点日期", "date", synonyms=("启动日期", "开展日期"), help="未设点的留空；全部村都要列出"
        ),
        Column(
            "persons_on_record", "建档总人数", "whole", synonyms=("建档人数",), help="有健康档案的人数，不是常住人口"
        ),
        Column("participants", "参与人数", "whole", synonyms=("参加人数",)),
        Column("active_persons", "活跃人数", "whole"),
        Column("counted_on", "统计日期", "date", help=f"填了人数必须填；{DAY_HELP}"),
        MARK,
    ),
    key=("village_id",),
)
POINTS_SERVICES = Kind(
    "points_services",
    "积分兑换服务",
    (
        Column("service_id", "服务编号", "slug", required=True, synonyms=("编号",)),
        Column("plan_id", "方案编号", "slug", required=True, synonyms=("方案",), example="selfcare-county"),
        Column(
            "department_zh", "部门", synonyms=("责任部门", "提供部门"), help="与方案中的部门名称一致；乡镇提供的留空"
        ),
        AREA,
        AREA_NAME,
        Column("name_zh", "服务名称", "name", required=True, synonyms=("名称", "兑换服务")),
        NAME_EN,
        Column("offered_from", "开始日期", "date", help=DAY_HELP),
        Column("offered_to", "结束日期", "date", help=DAY_HELP),
        MARK,
    ),
    key=("service_id",),
)
DELIVERY_KINDS = (PROGRAMMES, ROTA, COUNTS, SELFCARE_VILLAGES, POINTS_SERVICES)
