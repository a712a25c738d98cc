"""Departments as the plans name them. The plans name them in Chinese only; the English is this project's."""

import re

from dash import html

from dashboards import wording
from dashboards.language import current_language

LEVELS = {
    "市": "Municipal",
    "县": "County",
    "旗": "Banner",
    "全国": "National",
    "国家": "National",
    "中央": "Central",
    "沈阳市": "Shenyang",
    "沈阳": "Shenyang",
}
# What follows the level; the endings 委, 委员会, 局, 部, 办... are part of it.
ENGLISH = {
    "卫生健康委员会|卫生健康委|卫健委": "Health Commission",
    "卫生健康局": "Health Bureau",
    "卫生健康部门": "health departments",
    "卫生计生委": "Health and Family Planning Commission",
    "爱卫办": "Patriotic Health Office",
    "爱国运动委员会成员单位": "Patriotic Health Committee members",
    "体育局|体育总局": "Sports Bureau",
    "教育局": "Education Bureau",
    "教育部": "Ministry of Education",
    "教育体育局": "Education and Sports Bureau",
    "委教科工委": "Party Committee for Education and Science",
    "人力资源社会保障局|人力资源和社会保障局": "Human Resources and Social Security Bureau",
    "民政局": "Civil Affairs Bureau",
    "民政部": "Ministry of Civil Affairs",
    "民政部门": "civil affairs departments",
    "公安局": "Public Security Bureau",
    "医疗保障局|医保局": "Healthcare Security Bureau",
    "建委|住房和城乡建设局|住建局|建设局": "Housing and Construction Bureau",
    "住房城乡建设部": "Ministry of Housing and Construction",
    "市场监管局|市场监督管理局": "Market Regulation Bureau",
    "市场监管总局": "State Administration for Market Regulation",
    "财政局|财政": "Finance Bureau",
    "财政部门": "finance departments",
    "发展和改革委员会|发展改革委|发改局": "Development and Reform Commission",
    "农经委": "Rural Economy Commission",
    "农业农村局": "Agriculture and Rural Affairs Bureau",
    "农业农村部": "Ministry of Agriculture and Rural Affairs",
    "委宣传部|宣传部": "Party Publicity Department",
    "宣传部门": "publicity departments",
    "应急办|应急管理局": "Emergency Management Bureau",
    "规划国土局": "Planning and Land Bureau",
    "安监局": "Work Safety Bureau",
    "残联|残疾人联合会": "Disabled Persons' Federation",
    "食品药品监管局": "Food and Drug Administration",
    "城管局|城管执法局": "Urban Management Bureau",
    "行政执法局": "Administrative Enforcement Bureau",
    "环保局": "Environmental Protection Bureau",
    "生态环境局": "Ecology and Environment Bureau",
    "生态环境部": "Ministry of Ecology and Environment",
    "大数据局|大数据发展局": "Big Data Bureau",
    "妇联|妇女联合会": "Women's Federation",
    "综治办": "Public Order Office",
    "委政法委员会": "Political and Legal Affairs Commission",
    "服务业委": "Service Industry Commission",
    "旅游委": "Tourism Commission",
    "经济和信息化委|经信局": "Economy and Information Commission",
    "工业和信息化局": "Industry and Information Bureau",
    "交通局|交通运输局": "Transport Bureau",
    "交通运输部": "Ministry of Transport",
    "文化旅游广电局|文旅局|文广局|文广旅体局": "Culture and Tourism Bureau",
    "文化和旅游部": "Ministry of Culture and Tourism",
    "工商局": "Industry and Commerce Bureau",
    "商务局|外经贸局": "Commerce Bureau",
    "商务部": "Ministry of Commerce",
    "水利局|水利和湖泊局": "Water Resources Bureau",
    "水利部": "Ministry of Water Resources",
    "林业局": "Forestry Bureau",
    "质监局": "Quality Supervision Bureau",
    "科技局": "Science and Technology Bureau",
    "红十字会": "Red Cross",
    "总工会": "Federation of Trade Unions",
    "共青团市委|共青团中央|共青团鄂尔多斯市委员会": "Communist Youth League",
    "金融办|金融工作办公室": "Financial Affairs Office",
    "税务局": "Tax Bureau",
    "房产局": "Real Estate Bureau",
    "气象局": "Meteorological Bureau",
    "司法局": "Justice Bureau",
    "审计局": "Audit Bureau",
    "审计部门": "audit departments",
    "能源局": "Energy Bureau",
    "民族事务委员会": "Ethnic Affairs Commission",
    "编委办": "Staffing Office",
    "法制办": "Legal Affairs Office",
    "政务服务办": "Government Services Office",
    "政府办": "Government Office",
    "委文明办": "Civility Office",
    "委网信办": "Cyberspace Office",
    "机关事务服务中心|国管局|中直管理局": "Government Offices Administration",
    "广播电视台|融媒体中心": "Media Centre",
    "广电总局": "National Radio and Television Administration",
    "新华社": "Xinhua News Agency",
    "人民日报社": "People's Daily",
    "人民医院": "People's Hospital",
    "蒙医综合医院": "Mongolian Medicine Hospital",
    "医疗机构": "medical institutions",
    "社区卫生服务站": "community health stations",
    "军委后勤保障部": "Military Commission Logistics Department",
    "纪委监委部门": "discipline inspection departments",
    "直各单位|直各有关部门": "departments",
    "各部门|各相关部门|各相关责任部门|有关成员单位": "all departments concerned",
    "各旗区|各旗市区人民政府": "banners and districts",
    "各区、县（市）政府": "district and county governments",
    "各区、镇、街道|相关区、镇、街道|相关街道、镇": "districts, towns and sub-districts",
    "各乡镇（街道、园区）|乡镇（街道、园区）|苏木镇": "townships and sub-districts",
    "村（社区）": "villages and communities",
    "健康鄂尔多斯行动推进委员会": "Healthy Ordos Promotion Committee",
    "健康潜江工作领导小组各成员单位": "Healthy Qianjiang leading group members",
    "“健康沈阳”建设领导小组": "Healthy Shenyang leading group",
    "国家铁路局": "National Railway Administration",
    "中国民航局": "Civil Aviation Administration",
}
_BY_NAME = {name: english for names, english in ENGLISH.items() for name in names.split("|")}
_LEVEL = re.compile(f"^({'|'.join(sorted(LEVELS, key=len, reverse=True))})(.+)$")


def split(names: str | None) -> list[str]:
    """The departments of a cell that joins them with ;"""
    return [name.strip() for name in names.split(";") if name.strip()] if isinstance(names, str) else []


def english(name: str) -> str | None:
    """市体育局 -> Municipal Sports Bureau; None for a name that is not in the table."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    parts = _LEVEL.match(name)
    return f"{LEVELS[parts[1]]} {_BY_NAME[parts[2]]}" if parts and parts[2] in _BY_NAME else None


def said(name: str) -> str:
    """The name in the reader's language; in Chinese where there is no English."""
    return name if current_language() == "zh" else english(name) or name


def sentence(names: str | None) -> str:
    """The departments of a cell in the reader's language, for a file."""
    return wording.joined([said(name) for name in split(names)])


def listed(names: list[str], most: int | None = None) -> html.Span | str:
    """The departments in a sentence. most: how many at most, the others counted. Where none is named a dash."""
    if not names:
        return wording.MISSING
    shown = names[:most]
    pieces = []
    for name in shown:
        chinese = current_language() != "zh" and english(name) is None
        pieces += [wording.joined(["", ""]), html.Span(name, lang="zh") if chinese else said(name)]
    if len(shown) == len(names):
        return html.Span(pieces[1:])
    readable = [said(name) for name in names if current_language() == "zh" or english(name)]
    return html.Span([*pieces[1:], f" +{len(names) - len(shown)}"], title=wording.joined(readable))


def texts(names: str | None) -> list[str]:
    """Every text a department may be looked for by."""
    return [text for name in split(names) for text in (name, english(name)) if text]
