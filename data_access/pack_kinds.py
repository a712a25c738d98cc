"""The sheets of a plan pack, as data: their columns, what else those are called, and what may stand in them.

A pack says one plan. A column is found by its English name, its Chinese label or a synonym (data_access/headers.py).
packs/README.md explains each of them to the bureau that fills them in.
"""

from data_access.kinds import DIRECTIONS, INDICATORS, Column, Kind

RULES = {
    "level": ("水平", "达到水平"),
    "trend": ("趋势",),
    "count_quota": ("数量", "数量任务"),
    "unit_coverage": ("单位覆盖率", "覆盖率"),
    "completion": ("完成", "建成"),
    "change_from_baseline_relative": ("较基期变化", "相对基期变化"),
    "annual_change_points": ("每年变化", "年变化百分点"),
}
COMPARATORS = {
    ">=": ("≥", "不低于", "不少于", "达到", "以上", "及以上"),
    "<=": ("≤", "不高于", "不超过", "以下", "及以下", "以内"),
    "<": ("低于", "小于"),
    ">": ("高于", "超过", "大于"),
    "=": ("等于",),
    "trend_up": ("上升", "提高", "增加"),
    "trend_down": ("下降", "降低", "减少"),
}
SCOPES = {
    "plan_area": ("全域", "方案地区", "计划地区", "全市", "全县"),
    "each_district": ("每个旗区", "每个区县", "各旗区", "各区县"),
    "each_township": ("每个乡镇", "各乡镇", "以乡镇为单位"),
    "each_village": ("每个村", "各村"),
    "each_facility": ("每个机构", "各机构"),
}
UNIT_SCOPES = SCOPES | {"each_household": ("每户", "各户")}
NATURES = {"binding": ("约束性",), "expected": ("预期性",), "advocated": ("倡导性",)}
PARTS = {"lower": ("下限",), "upper": ("上限",)}
PLAN_LEVELS = {
    "nation": ("国家", "全国", "national"),
    "province": ("省", "自治区", "直辖市", "省级"),
    "prefecture": ("市", "地级市", "盟", "市级", "地级"),
    "county": ("旗县区", "县", "旗", "区", "县级市", "区县", "县级"),
}
PLAN_KINDS = {
    "outcome_plan": ("目标规划", "行动方案"),
    "mechanism": ("机制建设方案",),
    "programme": ("项目方案",),
    "annual_work_points": ("年度工作要点",),
}
SEXES = {"all": ("不限", "全部"), "female": ("女", "女性"), "male": ("男", "男性")}
CYCLES = {"annual": ("每年",), "biennial": ("两年一次",), "rolling": ("持续",), "one_off": ("一次性",)}
QUOTA_UNITS = {"count": ("个", "数量"), "percent": ("%", "百分比")}

NAME_ZH = Column("name_zh", "名称", "name", required=True, synonyms=("中文名称", "name"))
NAME_EN = Column("name_en", "英文名称", synonyms=("英文名", "english name"))
YEAR = Column("year", "年份", "year", synonyms=("目标年", "节点年份", "年度"))
YEAR_INFERRED = Column("year_inferred", "推断年份", "year")
MASKED = Column("masked", "是否隐去", "yes_no", synonyms=("隐去",))
MASKED_PART = Column("masked_part", "隐去部分", "masked_part")
NOTE_ZH = Column("note_zh", "说明", synonyms=("备注", "中文说明"))
NOTE_EN = Column("note_en", "英文说明", synonyms=("英文备注",))

PLAN = Kind(
    "plan",
    "方案",
    (
        Column("plan_id", "方案编号", "slug", required=True, synonyms=("计划编号",)),
        Column("name_zh", "方案名称", "name", required=True, synonyms=("名称", "计划名称")),
        NAME_EN,
        Column("place_zh", "地区", "name", required=True, synonyms=("地区名称",)),
        Column("place_en", "地区英文名"),
        Column("area_id", "地区代码", "code", synonyms=("区划代码", "行政区划代码")),
        Column("place_inferred", "地区为推断", "yes_no"),
        Column("admin_level", "层级", "choice", required=True, synonyms=("级别",), choices=PLAN_LEVELS),
        Column("period_start", "起始年", "year"),
        Column("period_end", "终止年", "year", synonyms=("结束年",)),
        Column("period_inferred", "期限为推断", "yes_no"),
        Column("issued", "印发日期", "date", synonyms=("发文日期",)),
        Column("document_no", "文号"),
        Column("kind", "方案类型", "choice", required=True, synonyms=("类型", "计划类型"), choices=PLAN_KINDS),
        Column("revised_on", "修订生效日期", "date", synonyms=("修订日期",)),
        Column("revision_note", "修订说明"),
        NOTE_ZH,
        NOTE_EN,
    ),
    key=("plan_id",),
    other_names=("计划",),
)
ACTIONS = Kind(
    "actions",
    "行动",
    (
        Column("action_id", "行动编号", "slug", required=True, synonyms=("任务编号",)),
        Column("action_no", "序号", "name", required=True, synonyms=("行动序号",)),
        Column("title_zh", "行动名称", "name", required=True, synonyms=("名称", "标题")),
        Column("title_en", "英文名称", synonyms=("英文标题",)),
        Column("lead_departments_zh", "牵头部门", "departments", synonyms=("责任部门", "牵头单位")),
        Column("cooperating_departments_zh", "配合部门", "departments", synonyms=("配合单位",)),
        Column("summary_zh", "内容摘要", synonyms=("摘要",)),
        Column("summary_en", "英文摘要"),
    ),
    key=("action_id",),
)
TARGETS = Kind(
    "targets",
    "目标",
    (
        Column("action_id", "行动编号", "slug", required=True, synonyms=("任务编号",)),
        Column("indicator_id", "指标编号", "slug", required=True, synonyms=("指标",)),
        Column("name_zh", "目标名称", synonyms=("名称", "指标名称")),
        NAME_EN,
        Column("unit", "单位", synonyms=("计量单位",)),
        Column("direction", "方向", "choice", synonyms=("指标方向",), choices=DIRECTIONS),
        Column("rule", "规则", "choice", required=True, synonyms=("判定规则",), choices=RULES),
        Column("comparator", "比较方式", "choice", required=True, synonyms=("比较符",), choices=COMPARATORS),
        Column("value", "目标值", "number", required=True, synonyms=("数值", "值")),
        Column("year", "年份", "year", required=True, synonyms=("目标年", "节点年份")),
        YEAR_INFERRED,
        Column("milestone_order", "节点次序", "whole", synonyms=("节点",)),
        Column("baseline_year", "基期年", synonyms=("基期",)),
        Column("scope", "适用范围", "choice", synonyms=("范围",), choices=SCOPES),
        Column("part", "分项", "choice", choices=PARTS, open_choices=True),
        Column("benchmark_area_id", "对标地区", "code", synonyms=("对标地区代码",)),
        Column("benchmark_indicator_id", "对标指标", "slug", synonyms=("对标指标编号",)),
        Column("either_with", "替代指标", "slug", synonyms=("第一档指标",)),
        Column("applies_from", "起用值", "number", synonyms=("起用数值",)),
        Column("denominator_zh", "分母", synonyms=("分母说明",)),
        Column("denominator_en", "分母英文"),
        Column("nature", "目标性质", "choice", synonyms=("性质",), choices=NATURES),
        Column("lead_departments_zh", "牵头部门", "departments", synonyms=("责任部门", "牵头单位")),
        Column("source_zh", "出处", synonyms=("文件出处", "来源")),
        MASKED,
        MASKED_PART,
        NOTE_ZH,
        NOTE_EN,
    ),
    key=(),  # what may not repeat depends on the rule: workflows/target_checks.py
)
PROGRAMMES = Kind(
    "programmes",
    "项目",
    (
        Column("programme_id", "项目编号", "slug", required=True),
        NAME_ZH,
        NAME_EN,
        Column("target_population_zh", "对象", synonyms=("目标人群",)),
        Column("target_population_en", "对象英文"),
        Column("sex", "性别", "choice", choices=SEXES),
        Column("age_min", "最小年龄", "number"),
        Column("age_max", "最大年龄", "number"),
        Column("cycle", "周期", "choice", choices=CYCLES, open_choices=True),
        Column("quota_count", "任务人数", "number", synonyms=("任务数",)),
        Column("coverage_target_percent", "覆盖率目标", "number"),
        YEAR,
        YEAR_INFERRED,
        Column("delivered_by_zh", "承担机构"),
        Column("delivered_by_en", "承担机构英文"),
        Column("data_points_zh", "数据项"),
        Column("data_points_en", "数据项英文"),
        MASKED,
        MASKED_PART,
        NOTE_ZH,
        NOTE_EN,
    ),
    key=(),  # one row for each year of a programme
)
HEALTH_CELLS = Kind(
    "health_cells",
    "健康细胞",
    (
        Column("cell_type", "细胞类型", "slug", required=True),
        NAME_ZH,
        NAME_EN,
        Column("unit_scope", "适用范围", "choice", choices=UNIT_SCOPES),
        Column("rule_zh", "要求"),
        Column("rule_en", "要求英文"),
        Column("quota", "任务数", "number"),
        Column("quota_unit", "任务单位", "choice", choices=QUOTA_UNITS),
        YEAR,
        YEAR_INFERRED,
        MASKED,
        MASKED_PART,
        NOTE_ZH,
        NOTE_EN,
    ),
    key=(),
)
SERVICES = Kind(
    "services",
    "服务标准",
    (
        Column("standard_id", "标准编号", "slug", required=True),
        NAME_ZH,
        NAME_EN,
        Column("rule_zh", "要求"),
        Column("rule_en", "要求英文"),
        Column("value", "数值", "number"),
        Column("unit", "单位", synonyms=("计量单位",)),
        YEAR,
        YEAR_INFERRED,
        MASKED,
        MASKED_PART,
        NOTE_ZH,
        NOTE_EN,
    ),
    key=(),
)
TASKS = Kind(
    "tasks",
    "工作任务",
    (
        Column("task_no", "任务序号", "name", required=True, synonyms=("序号",)),
        Column("title_zh", "任务名称", "name", required=True, synonyms=("名称", "标题")),
        Column("title_en", "英文名称", synonyms=("英文标题",)),
        Column("responsible_departments_zh", "责任部门", "departments", synonyms=("责任单位",)),
        Column("deliverable_zh", "成果", synonyms=("成果要求",)),
        Column("deliverable_en", "成果英文"),
        Column("quantity", "数量", "number"),
        Column("unit", "单位", synonyms=("计量单位",)),
        Column("due", "完成时限", synonyms=("时限",)),
        MASKED,
        MASKED_PART,
        NOTE_ZH,
        NOTE_EN,
    ),
    key=("task_no",),
)

PACK_KINDS = {
    kind.name: kind for kind in (INDICATORS, PLAN, ACTIONS, TARGETS, PROGRAMMES, HEALTH_CELLS, SERVICES, TASKS)
}
# A pack without targets or tasks is a plan that sets none: only these two sheets must be there.
REQUIRED_SHEETS = ("plan", "actions")
