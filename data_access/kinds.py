"""The kinds of files people bring, as data: their columns, what else those columns are called, and what stands in them.

A column is found by its name here, its Chinese label or a synonym, in any order and any case; a unit in brackets behind
it, spaces, _ and * do not matter. To accept another word for a column or a choice, add it here.
"""

from data_access.columns import (
    AREA,
    AREA_NAME,
    CODE_HELP,
    DAY_HELP,
    MARK,
    NAME_EN,
    NAME_ZH,
    YES_NO,
    Column,
    Kind,
)
from data_access.delivery_kinds import DELIVERY_KINDS
from data_access.task_kinds import TASK_KINDS

DATUMS = {
    "WGS-84": ("wgs84", "gps", "epsg:4326"),
    "CGCS2000": ("国家2000", "2000国家大地坐标系", "天地图", "epsg:4490"),
    "GCJ-02": ("gcj02", "火星坐标", "高德", "腾讯"),
    "BD-09": ("bd09", "百度"),
}
DATUM_HELP = "坐标系：天地图、国家2000 填 CGCS2000；GPS 填 WGS-84；高德、腾讯填 GCJ-02；百度填 BD-09。有坐标必填"
LEVELS = {
    "nation": ("国家", "全国"),
    "province": ("省", "自治区", "直辖市", "省级"),
    "prefecture": ("市", "地级市", "盟", "地市", "市级", "地级"),
    "county": ("旗县区", "县", "旗", "区", "县级市", "区县", "县级", "district"),
    "township": ("乡镇街道", "乡", "镇", "苏木", "街道", "乡镇", "乡级", "园区"),
    "village": ("村社区", "村", "嘎查", "社区", "村级"),
}
STATUSES = {
    "provisional": ("快报", "初步", "暂定", "初报", "preliminary"),
    "final": ("年报", "正式", "最终", "终报", "决算"),
    "revised": ("修订", "更正", "订正"),
}
DIRECTIONS = {
    "higher_is_better": ("越高越好", "正向", "up", "higher"),
    "lower_is_better": ("越低越好", "逆向", "负向", "down", "lower"),
    "hold": ("保持", "稳定"),
}
WITHIN_YEAR = {"level": ("时点", "存量"), "cumulative": ("累计", "本年累计")}
FACILITY_TYPES = {
    "hospital": ("医院", "综合医院", "专科医院"),
    "tcm_hospital": ("中医医院", "中医院", "蒙医医院", "蒙医中医医院", "民族医院"),
    "maternal_child_centre": ("妇幼保健院", "妇幼保健计划生育服务中心", "妇幼保健机构"),
    "cdc": ("疾控中心", "疾病预防控制中心"),
    "township_hospital": ("乡镇卫生院", "卫生院", "苏木卫生院", "中心卫生院", "中心乡镇卫生院"),
    "community_health_centre": ("社区卫生服务中心",),
    "community_health_station": ("社区卫生服务站",),
    "village_clinic": ("村卫生室", "嘎查村卫生室", "嘎查卫生室", "卫生室"),
    "nursing_home": ("养老机构", "医养结合机构"),
}
CELL_TYPES = {
    "healthy_community": ("健康社区",),
    "healthy_village": ("健康村", "健康嘎查", "健康村（嘎查）", "健康村(嘎查)"),
    "healthy_township": ("健康乡镇", "健康苏木乡镇"),
    "healthy_school": ("健康学校",),
    "healthy_enterprise": ("健康企业",),
    "healthy_agency": ("健康机关",),
    "healthy_unit": ("健康单位",),
    "healthy_family": ("健康家庭",),
    "healthy_canteen": ("健康食堂",),
    "nutrition_restaurant": ("健康餐厅", "营养健康餐厅"),
    "health_promoting_hospital": ("健康促进医院", "健康医院"),
    "healthy_trail": ("健康步道",),
    "healthy_theme_park": ("健康主题公园", "健康公园"),
}
TITLE_LEVELS = {
    "national": ("国家级", "国家"),
    "region": ("自治区级", "省级", "自治区", "省"),
    "prefecture": ("市级", "盟市级", "市"),
    "county": ("旗县级", "县级", "区级", "旗县区级"),
}
LON = Column("lon", "经度", "number", synonyms=("longitude", "lng", "x"), help="十进制度", example="109.98")
LAT = Column("lat", "纬度", "number", synonyms=("latitude", "y"), help="十进制度", example="39.82")
DATUM = Column(
    "declared_datum",
    "坐标系",
    "choice",
    synonyms=("datum", "crs", "坐标系统", "坐标基准"),
    help=DATUM_HELP,
    example="CGCS2000",
    choices=DATUMS,
)
SOURCE = Column("source", "来源", synonyms=("数据来源", "出处"), example="第七次人口普查")

OBSERVATIONS = Kind(
    "observations",
    "指标数据",
    (
        Column(
            "indicator_id",
            "指标",
            "indicator",
            required=True,
            synonyms=("指标代码", "指标编码", "指标编号", "指标名称", "indicator", "indicator_code"),
            help="指标编号，或与指标表完全一致的名称",
            example="health_literacy",
        ),
        AREA,
        AREA_NAME,
        Column(
            "period",
            "时期",
            "period",
            required=True,
            synonyms=("统计时期", "报告期", "统计期", "年份", "年度", "年", "时间", "year"),
            help="2024、2024Q3 或 2024-07",
            example="2024",
        ),
        Column(
            "numerator",
            "分子",
            "number",
            synonyms=("分子数", "人数", "例数", "完成数", "numerator count", "count"),
            help="有分子、分母的指标请填分子和分母，指标值由系统计算",
            example="1,234",
        ),
        Column("denominator", "分母", "number", synonyms=("分母数", "应查人数", "总人数", "总数"), example="4,200"),
        Column(
            "value",
            "数值",
            "number",
            synonyms=("指标值", "值", "率", "数据", "实际值", "完成值"),
            help="没有分子、分母时填写；百分数写成 85.3 或 85.3%",
            example="",
        ),
        Column("lower", "区间下限", "number", synonyms=("下限", "置信下限", "95%下限", "ci_lower", "lower bound")),
        Column("upper", "区间上限", "number", synonyms=("上限", "置信上限", "95%上限", "ci_upper", "upper bound")),
        Column("unit", "单位", "unit", synonyms=("计量单位",), help="可不填；填了须与指标表一致"),
        Column(
            "status",
            "数据状态",
            "choice",
            synonyms=("状态", "快报年报", "figure status"),
            help="快报、年报或修订；不填按年报",
            example="年报",
            choices=STATUSES,
        ),
        Column("reported_on", "上报日期", "date", synonyms=("填报日期", "报送日期", "report date"), help=DAY_HELP),
        Column("note", "备注", synonyms=("说明", "注", "remarks", "comment")),
        MARK,
    ),
    key=("indicator_id", "area_id", "period"),
    either=(("value", "numerator"),),
)

INDICATORS = Kind(
    "indicators",
    "指标表",
    (
        Column(
            "indicator_id",
            "指标编号",
            "slug",
            required=True,
            synonyms=("指标代码", "指标编码", "indicator", "code"),
            help="英文字母、数字和 _ ，以后不再改动",
            example="health_literacy",
        ),
        Column("name_zh", "指标名称", "name", required=True, synonyms=("名称", "中文名称", "name", "label")),
        Column("name_en", "英文名称", synonyms=("english name", "英文名")),
        Column("unit", "单位", "unit", required=True, synonyms=("计量单位",), help="percent 或 % 等，见“代码”表"),
        Column("lower_bound", "下界", "number", synonyms=("最小值", "minimum"), help="不填按单位的下界"),
        Column("upper_bound", "上界", "number", synonyms=("最大值", "maximum"), help="不填按单位的上界"),
        Column("decimals", "小数位数", "whole", synonyms=("小数位",), help="显示几位小数；不填为 1"),
        Column(
            "default_direction",
            "方向",
            "choice",
            required=True,
            synonyms=("direction", "指标方向"),
            help="越高越好、越低越好或保持",
            example="越高越好",
            choices=DIRECTIONS,
        ),
        Column(
            "within_year",
            "年内口径",
            "choice",
            synonyms=("口径",),
            help="季度、月度数是“时点”数还是本年“累计”数；不填为时点",
            choices=WITHIN_YEAR,
        ),
        Column(
            "series_break",
            "口径变更时期",
            "first_period",
            synonyms=("口径变更", "新口径起始时期"),
            help="现行口径从哪个时期起，如 2021；此前的数只作历史数据，不参与评判。没有变更的不填",
        ),
        Column("denominator_zh", "分母说明", synonyms=("分母",)),
        Column("denominator_en", "英文分母说明", synonyms=("分母英文",)),
        Column("definition_zh", "指标定义", synonyms=("定义", "指标解释")),
        Column("definition_en", "英文定义", synonyms=("定义英文",)),
        SOURCE,
        MARK,
    ),
    key=("indicator_id",),
)

AREAS = Kind(
    "areas",
    "地区表",
    (
        Column(
            "area_id",
            "地区代码",
            "new_area",
            required=True,
            synonyms=AREA.synonyms,
            help=CODE_HELP,
            example="150602",
        ),
        Column(
            "level",
            "层级",
            "choice",
            required=True,
            synonyms=("级别", "行政级别"),
            help="省、市、旗县区、乡镇街道或村社区",
            example="旗县区",
            choices=LEVELS,
        ),
        Column(
            "parent_id",
            "上级代码",
            "new_area",
            synonyms=("上级地区代码", "父级代码", "所属地区代码", "parent"),
            help="最上一级留空",
            example="150600",
        ),
        NAME_ZH,
        NAME_EN,
        Column("kind", "类型", synonyms=("类别",), help="旗、区、镇、苏木、街道、开发区…", example="区"),
        Column("former_names_zh", "曾用名", synonyms=("原名",), help="多个用 ；隔开"),
        Column("is_unit", "计入统计", "yes_no", synonyms=("是否乡级单位", "is_township"), help=f"{YES_NO}；开发区填否"),
        Column("valid_from", "设立日期", "date", synonyms=("启用日期", "生效日期", "有效期起"), help=DAY_HELP),
        Column(
            "valid_to", "撤销日期", "date", synonyms=("停用日期", "失效日期", "有效期止"), help="最后一天；未撤销留空"
        ),
        Column("merged_into", "并入代码", "new_area", synonyms=("并入地区", "撤并后代码"), help="撤销后并入的地区"),
        Column("seat_lon", "驻地经度", "number", synonyms=("lon", "longitude", "经度")),
        Column("seat_lat", "驻地纬度", "number", synonyms=("lat", "latitude", "纬度")),
        DATUM,
        Column("seat_source", "驻地坐标来源", synonyms=("坐标来源",)),
        Column("seat_precision_km", "驻地精度（公里）", "number", synonyms=("驻地精度", "坐标精度")),
        MARK,
    ),
    key=("area_id",),
)

POPULATION = Kind(
    "population",
    "人口",
    (
        AREA,
        AREA_NAME,
        Column("year", "年份", "year", required=True, synonyms=("年度", "年", "时期", "period"), example="2020"),
        Column(
            "group_id",
            "人群",
            "slug",
            synonyms=("人群代码", "group"),
            help="不填为全部人口（all）；分组如 women_35_64",
            example="all",
        ),
        Column("persons", "人数", "number", required=True, synonyms=("人口", "人口数", "常住人口", "population")),
        Column("basis", "口径", synonyms=("统计口径",), help="普查、户籍、常住…", example="普查"),
        SOURCE,
        MARK,
    ),
    key=("area_id", "year", "group_id"),
)

FACILITIES = Kind(
    "facilities",
    "医疗卫生机构",
    (
        Column("facility_id", "机构编号", "slug", required=True, synonyms=("机构代码", "编号", "id", "登记号")),
        Column("name_zh", "机构名称", "name", required=True, synonyms=("名称", "中文名称", "name")),
        NAME_EN,
        Column(
            "facility_type",
            "机构类型",
            "choice",
            required=True,
            synonyms=("类型", "类别", "type"),
            example="村卫生室",
            choices=FACILITY_TYPES,
            open_choices=True,
        ),
        Column("grade", "等级", synonyms=("机构等级", "医院等级"), example="二级甲等"),
        AREA,
        AREA_NAME,
        LON,
        LAT,
        DATUM,
        Column("services", "服务项目", "slugs", synonyms=("开展服务",), help="服务编号，多个用 ; 隔开"),
        Column("beds", "床位数", "whole", synonyms=("床位", "编制床位")),
        Column("staff", "人员数", "whole", synonyms=("卫生人员", "在岗人数", "职工人数", "卫生人员数")),
        Column(
            "doctors",
            "执业（助理）医师数",
            "whole",
            synonyms=("医师数", "医生数", "执业医师数", "执业（助理）医师", "doctors", "physicians"),
            help="执业医师和执业助理医师，含在人员数之内；乡村医生不算",
        ),
        Column(
            "nurses",
            "注册护士数",
            "whole",
            synonyms=("护士数", "护士", "注册护士"),
            help="含在人员数之内；没有统计的留空",
        ),
        Column("opened", "开业日期", "date", synonyms=("设立日期", "成立日期"), help=DAY_HELP),
        Column("closed", "停业日期", "date", synonyms=("撤销日期", "注销日期"), help="未停业留空"),
        MARK,
    ),
    key=("facility_id",),
)

HEALTH_CELLS = Kind(
    "health_cells",
    "健康细胞",
    (
        Column("health_cell_id", "细胞编号", "slug", required=True, synonyms=("编号", "id", "健康细胞编号")),
        Column(
            "cell_type",
            "细胞类型",
            "choice",
            required=True,
            synonyms=("类型", "健康细胞类型", "类别", "type"),
            example="健康社区",
            choices=CELL_TYPES,
            open_choices=True,
        ),
        Column("name_zh", "名称", "name", required=True, synonyms=("单位名称", "中文名称", "name", "健康细胞名称")),
        NAME_EN,
        AREA,
        AREA_NAME,
        Column(
            "title_level", "命名级别", "choice", synonyms=("级别", "称号级别"), choices=TITLE_LEVELS, example="市级"
        ),
        Column("applied_on", "申报日期", "date", synonyms=("申请日期",), help=DAY_HELP),
        Column("certified_on", "命名日期", "date", synonyms=("认定日期", "授牌日期", "评定日期"), help=DAY_HELP),
        Column(
            "renewed_on",
            "续期日期",
            "date",
            synonyms=("复审日期", "复核日期", "复评日期", "续期命名日期", "renewed"),
            help="最近一次复审通过的日期；没有续期的留空",
        ),
        Column("expires_on", "有效期至", "date", synonyms=("到期日期", "有效期止"), help="续期后填新的有效期"),
        Column("withdrawn_on", "撤销日期", "date", synonyms=("摘牌日期", "取消日期"), help="未撤销留空"),
        LON,
        LAT,
        DATUM,
        Column(
            "evidence",
            "佐证材料",
            synonyms=("依据", "文件依据", "命名文件"),
            help="命名、续期、撤销的文件，多份用 ；隔开",
        ),
        MARK,
    ),
    key=("health_cell_id",),
)

KINDS = {
    kind.name: kind
    for kind in (AREAS, POPULATION, INDICATORS, OBSERVATIONS, FACILITIES, HEALTH_CELLS, *DELIVERY_KINDS, *TASK_KINDS)
}
