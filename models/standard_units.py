"""What service standards and work tasks of the plans count: things named once or twice, not units of indicators."""

from models.units import NOT_KNOWN, UNITS, format_number, format_value

# slug -> how a number of it is written in Chinese and in English
COUNTED = {
    "actions": ("{}项行动", "{} actions"),
    "associations": ("{}个协会", "{} associations"),
    "centre_per_county": ("每个县级单位{}个中心", "{} centre per county-level unit"),
    "centres": ("{}个中心", "{} centres"),
    "channel": ("{}个频道", "{} channel"),
    "class_hours_per_term": ("每学期{}课时", "{} class hours a term"),
    "clinics": ("{}个门诊（室）", "{} clinics"),
    "count_per_district": ("每个旗区县{}个", "{} per district"),
    "count_per_facility": ("每个机构{}个", "{} per facility"),
    "count_per_township": ("每个乡镇{}个", "{} per township"),
    "count_per_village": ("每个村{}个", "{} per village"),
    "criteria": ("{}项标准", "{} criteria"),
    "districts": ("{}个区", "{} districts"),
    "drives": ("{}次行动", "{} drives"),
    "events": ("{}场", "{} events"),
    "ha": ("{}公顷", "{} ha"),
    "hospitals": ("{}家医院", "{} hospitals"),
    "hours": ("{}小时", "{} hours"),
    "households": ("{}户", "{} households"),
    "items": ("{}项", "{} items"),
    "kinds": ("{}类", "{} kinds"),
    "levels": ("{}级", "{} levels"),
    "minutes": ("{}分钟", "{} minutes"),
    "parks": ("{}个公园", "{} parks"),
    "per_year": ("每年{}次", "{} a year"),
    "percent_per_month": ("每月{}%", "{} % a month"),
    "projects": ("{}个项目", "{} projects"),
    "rooms": ("{}个室（科）", "{} rooms"),
    "rules": ("{}项制度", "{} rules"),
    "service_years": ("服务{}年", "{} years of service"),
    "settings": ("{}类场所", "{} settings"),
    "skills": ("{}项技能", "{} skills"),
    "specialties": ("{}个专科", "{} specialties"),
    "standards": ("{}项标准", "{} standards"),
    "stations": ("{}个站点", "{} stations"),
    "techniques": ("{}项技术", "{} techniques"),
    "tiers": ("{}级", "{} tiers"),
    "tools": ("{}件", "{} tools"),
    "towns": ("{}个镇（乡）", "{} towns"),
    "townships": ("{}个乡镇", "{} townships"),
    "types": ("{}类", "{} types"),
    "ward": ("{}个病区", "{} ward"),
    "yuan_per_person_visit": ("{}元/人次", "CNY {} per person and visit"),
}


def format_standard(value: float | None, unit: str | None, language: str) -> str:
    """A number a service standard or a task asks for: 30公里 and 30 km, 每个旗区县1个 and 1 per district.

    unit: a slug of this file or of models/units.py, or whatever a bureau wrote, which then stands behind the number.
    A missing value is a dash. Raises ValueError for a language other than zh and en.
    """
    if unit in UNITS:
        return format_value(value, unit, language)
    if language not in ("zh", "en"):
        raise ValueError(f"language {language!r} is not known; use zh or en.")
    if value is None or value != value:  # NaN
        return NOT_KNOWN
    pattern = COUNTED.get(unit, ("{}" + (unit or ""), f"{{}} {unit}" if unit else "{}"))
    return pattern[language == "en"].format(format_number(value, 2))
