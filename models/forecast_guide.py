"""How Kangtu forecasts and judges, told once for the page and for docs/forecasting.md: English and Chinese, in step.

The numbers are the code's own constants, so that the text cannot fall behind them.
"""

from dataclasses import dataclass

from models import backtest_scores, convergence, flags, intervals, pooled_trend, probability, sample_paths, transform
from models.sentence_words import PROBABILITY_WORDS


@dataclass(frozen=True)
class Section:
    """title, paragraphs: (English, Chinese). formulas: plain text, the same in both."""

    title: tuple[str, str]
    paragraphs: tuple[tuple[str, str], ...]
    formulas: tuple[str, ...] = ()

    def __post_init__(self):
        told = tuple((english, _in_chinese(chinese)) for english, chinese in self.paragraphs)
        object.__setattr__(self, "paragraphs", told)


def _in_chinese(text: str) -> str:
    """Chinese writes a per cent sign without a space."""
    return text.replace(" %", "%")


@dataclass(frozen=True)
class Rule:
    """A kind of rule and when a draw or a forecast misses it: (English, Chinese)."""

    asks: tuple[str, str]
    missed: tuple[str, str]


def _p(share: float) -> str:
    return f"{100 * share:.0f} %"


RULES = (
    Rule(("a level, quota or share of units by a date", "到期的水平、数量或单位比例"), ("the year's value ends short of it", "该年数值未达到")),
    Rule(("a change from a baseline (% or points)", "较基期的变化（百分比或百分点）"), ("the value ends short of the baseline so changed; a baseline yet to come is drawn along the same path", "未达到按基期换算的数值；基期尚未到来的，取同一条模拟路径上的值")),
    Rule(("so many points a year", "每年变化若干"), ("next year's value lies off the line from the baseline", "下一年数值偏离自基期起的进度线")),
    Rule(("so many every year; a change over last year", "每年完成若干；较上年变化"), ("next year's value falls short", "下一年数值未达到")),
    Rule(("to rise (or fall)", "上升（或下降）"), ("the value has not passed its baseline", "数值未越过基期")),
    Rule(("to keep a level and improve", "守住底线并继续改善"), ("either is missed on the same path", "同一路径上任一部分未达到")),
    Rule(("growth must slow", "增幅趋缓"), ("growth of the last two years is not below that of the first two of five", "五年中后两年的增幅不低于前两年")),
    Rule(("a value to hold (about 80 %)", "保持在某值（约80%）"), ("the value lies further off than the tolerance, on either side", "任一侧偏离超过容差")),
    Rule(("as good as another area", "不低于对标地区"), ("the path stays short of that area's own path, drawn with their shared shock", "路径低于对标地区的路径（计入共同冲击）")),
    Rule(("two branches", "两档规则"), ("the branch that then holds, by the drawn figure of the year before, is missed", "按上一年的模拟值确定适用哪一档，该档未达到")),
    Rule(("every unit must pass", "每个单位均须达标"), ("any unit misses", "任一单位未达标")),
    Rule(("a task to complete", "完成某项工作"), ("its share done ends below the whole; without three reports withheld", "完成比例未到全部；不足三期不给出")),
)  # fmt: skip

SECTIONS = (
    Section(
        ("What is forecast", "预测什么"),
        (
            (
                f"Every series of at least {probability.POINTS_FOR_REFERENCE} yearly figures; what counts fewer than ten"
                " cases in five years is not forecast. Figures from before a change of definition are not used. A year an"
                " analyst cuts (weight 0) is as if never reported; one believed in part (0 to 1) is drawn towards the line"
                " between its neighbours.",
                f"至少有{probability.POINTS_FOR_REFERENCE}个年度数据的序列；五年合计不足10例的不预测。口径变更之前的数据不采用。"
                "分析员剔除的年份（权重0）视同未报；部分采信的（权重0至1）按权重向前后年份的连线靠拢。",
            ),
            (
                "All areas of one indicator are forecast together: five to ten figures of one district are too few to tell"
                " a trend from noise, those of its peers together are not.",
                "同一指标的各地区一起预测：一个旗县区的五到十个数据不足以区分趋势与噪声，各地区合起来才行。",
            ),
        ),
    ),
    Section(
        ("The scale", "变换尺度"),
        (
            (
                "Percentages are forecast on the logit scale, rates and other amounts above zero on the logarithmic one, what"
                f" has no bounds as it is. The offset c is {_p(transform.OFFSET_SHARE)} of the series' usual distance to its"
                " bound, so that 0 and 100 % are finite. No forecast leaves the bounds.",
                "百分比在 logit 尺度上预测，率和其他非负量在对数尺度上预测，无界的量按原值预测。偏移量 c 取该序列到界限"
                f"通常距离的{_p(transform.OFFSET_SHARE)}，使0和100%有限。任何预测都不会越界。",
            ),
        ),
        ("z = ln(y − L + c) − ln(U − y + c)        z = ln(y − L + c)        z = y",),
    ),
    Section(
        ("The median: last value plus three parts", "中位数：最近值加三个部分"),
        (
            (
                f"Trend: b is the series' own least-squares slope, shrunk towards the median slope of its peers (it keeps"
                f" {_p(pooled_trend.SHARE_OF_OWN_WEIGHT)} of the usual empirical-Bayes weight); r is what the peers did over"
                f" the last {pooled_trend.RECENT_STEPS} years. Trends fade: each further year adds d ="
                f" {pooled_trend.DAMPING_PER_YEAR} of the year before.",
                f"趋势：b 为本序列的最小二乘斜率，向同类地区斜率的中位数收缩（只保留通常经验贝叶斯权重的"
                f"{_p(pooled_trend.SHARE_OF_OWN_WEIGHT)}）；r 为同类地区近{pooled_trend.RECENT_STEPS}年的变化。趋势逐年减弱："
                f"每多一年只增加上一年的 d = {pooled_trend.DAMPING_PER_YEAR} 倍。",
            ),
            (
                "Convergence: k is the pull towards the peers' median level z̃, by what share ρ of their distances (typically"
                " D) the indicator's areas have closed a year so far, and by a usual share of the spread s.",
                "趋同：k 为向同类地区中位水平 z̃ 的靠拢，取决于该指标各地区以往每年缩小差距（通常为 D）的比例 ρ，以及"
                "误差幅度 s 的一个通常份额。",
            ),
            (
                "Memory: m is what lasts of the last surprise, pooled over the indicator's areas. Surprises that take"
                " themselves back are noise (of small denominators: binomial or Poisson) and are filtered (Kalman); those"
                " that go on are momentum.",
                "记忆：m 为最近一次意外变化中会持续的部分，由该指标各地区合并估计。会自行回落的是噪声（分母小的按二项或"
                "泊松误差），予以滤除（卡尔曼滤波）；会延续的是惯性。",
            ),
        ),
        (
            f"ẑ(t+h) = z(t) + (d + d² + … + dʰ) · ({pooled_trend.SHARE_OF_SLOPE}·b + {pooled_trend.SHARE_OF_RECENT}·r + k) + m(h)",
            f"k = clip((z̃ − z)/D, ±{convergence.FARTHEST:g}) · ({convergence.SHARE_OF_OWN_RATE}·ρ·D + {convergence.USUAL_RATE}·s)",
        ),
    ),
    Section(
        ("Intervals", "区间"),
        (
            (
                "Never from one series' own residuals: its yearly errors are pooled with its peers'"
                f" (which count as {intervals.EVIDENCE_OF_PEERS:g} of its own), the spread grows with the years ahead as the"
                " memory says it must, and forecasts replayed inside the history correct each indicator's width (in the"
                " spirit of split conformal prediction). Tails are heavier than the normal's. Below six figures it is widened.",
                f"从不只用本序列的残差：各年误差与同类地区合并（同类相当于{intervals.EVIDENCE_OF_PEERS:g}个本序列误差），"
                "随提前年数按记忆部分加宽，再用历史内部重做的预测校正每项指标的宽度（思路同分割式共形预测）。"
                "尾部比正态厚。不足六期的再加宽。",
            ),
        ),
        (
            "q(p) = backward(ẑ + w · s(h) · τ(p)),   τ = "
            + ", ".join(f"{t:g}" for t in intervals.STANDARD_QUANTILES)
            + "   at p = "
            + ", ".join(f"{level:g}" for level in intervals.LEVELS),
        ),
    ),
    Section(
        ("Quarters, the year so far, roll-outs", "季度、年内累计与逐步铺开"),
        (
            (
                "Quarters and months have a rhythm pooled over the areas. A count of the year so far is one look at the"
                " year's total: the share that is there by that month, the median of all areas' past years with the area's"
                " own deviation, gives the total; it is weighed against the forecast from past years by how far off either"
                " usually is, and later years start from what comes of it. What has been counted stays counted.",
                "季度、月度数据采用各地区合并的季节形态。年内累计数是对全年总数的一次观察：按截至该月通常已完成的比例"
                "（各地区以往年份的中位数，加本地区的偏差）推算全年，再与由往年得出的预测按各自通常的误差加权；以后各年"
                "由此起算。已经完成的不会减少。",
            ),
            (
                "A roll-out (villages with the programme) goes along an S-curve, straight on the logit scale, and never"
                " falls back.",
                "逐步铺开的工作（已开展的嘎查村比例）沿S形曲线上升，在 logit 尺度上为直线，不会回落。",
            ),
        ),
        ("ln total = ln(so far) − s̃(month)        z* = (z₁/σ₁² + z₂/σ₂²) / (1/σ₁² + 1/σ₂²)",),
    ),
    Section(
        ("The probability of missing", "落空概率"),
        (
            (
                "Read off the forecast where a rule asks one value of one year. Rules that combine values are simulated:"
                f" {sample_paths.DRAWS:,} joint sample paths with a fixed seed, each year of each path with exactly the"
                " forecast's distribution, errors adding up along a path as a random walk's do. Withheld below"
                f" {probability.POINTS_FOR_REFERENCE} figures, for reference below {probability.POINTS_FOR_FULL}; nothing"
                f" outside {_p(probability.LEAST)} to {_p(probability.MOST)} is claimed.",
                f"规则只问某一年的某个值时，直接由预测分布得出。由几个值组合的规则用模拟：固定种子的{sample_paths.DRAWS:,}条"
                "联合路径，每条路径每一年的分布与预测完全一致，误差沿路径像随机游走那样累积。不足"
                f"{probability.POINTS_FOR_REFERENCE}期不给出，不足{probability.POINTS_FOR_FULL}期仅供参考；不作"
                f"{_p(probability.LEAST)}至{_p(probability.MOST)}之外的断言。",
            ),
            (
                "In words: "
                + "; ".join(f"below {_p(upper)} {english}" for upper, _, english in PROBABILITY_WORDS[:-1])
                + f"; above that {PROBABILITY_WORDS[-1][2]}.",
                "用语："
                + "；".join(f"低于{_p(upper)}：{chinese}" for upper, chinese, _ in PROBABILITY_WORDS[:-1])
                + f"；更高：{PROBABILITY_WORDS[-1][1]}。",
            ),
        ),
        ("corr(h₁, h₂) = √(h₁/h₂)        score = √ρ(h)·S + √(1 − ρ(h))·E",),
    ),
    Section(
        ("Areas together", "各地区合起来看"),
        (
            (
                "Areas of one indicator share good and bad years: "
                f"{_p(probability.SHARED_AT_ONE_YEAR)} of the error variance at one year, {_p(probability.SHARED_AT_EIGHT_YEARS)}"
                " at eight. How many districts will miss, and whether every one will pass, is therefore summed over the"
                " shared shock, never over independent chances: the chance that any misses lies between the largest single"
                " one and what independence gives.",
                f"同一指标的各地区同享好年景与坏年景：提前一年时占误差方差的{_p(probability.SHARED_AT_ONE_YEAR)}，提前八年时占"
                f"{_p(probability.SHARED_AT_EIGHT_YEARS)}。因此，多少个旗县区会落空、是否个个达标，都计入共同冲击，不按相互独立"
                "计算：任一落空的概率介于单个最大值与独立情形之间。",
            ),
        ),
        ("P(any misses) = 1 − Σₖ wₖ Πᵢ (1 − Φ((Φ⁻¹(pᵢ) + √ρ·xₖ) / √(1 − ρ)))",),
    ),
    Section(
        ("Flags", "预警"),
        (
            (
                "Listed: slow, behind, reversing, and on course with a chance of missing above two thirds. First come those"
                " whose signs agree: a failing status with at least an even chance, or a likely miss at a pace below the one"
                " needed. Then severity (chance, and the gap in tolerances at"
                f" {flags.WEIGHT_OF_GAP:g} of its weight) in steps of a tenth, then people. What past lists were worth is on"
                " the page of the back-tests. The rule was chosen on the demo's years and has to be checked on real ones.",
                "列入：偏慢、滞后、倒退，以及虽按期但落空概率超过三分之二的。先列几项依据相互印证的：状态未达要求且落空概率"
                f"不低于一半，或很可能落空且进度低于所需。再按严重程度（概率，差距按容差计、权重{flags.WEIGHT_OF_GAP:g}）每"
                "十分之一为一档，同档按人口。以往清单的效果见“预测检验”。该规则是在演示数据的年份上选定的，须用真实数据检验。",
            ),
        ),
        (f"severity = (p + {flags.WEIGHT_OF_GAP:g}·(clip(gap/tolerance, ±{flags.MOST_TOLERANCES:g})/{flags.MOST_TOLERANCES:g} + 1)) / {1 + 2 * flags.WEIGHT_OF_GAP:g}",),
    ),
    Section(
        ("When the last value is used instead", "何时改用最近值"),
        (
            (
                "Every year-end's forecasts are made again and held against what came. An indicator whose error is more than"
                f" {backtest_scores.RULE['switched_off_above']:g} times the last value's, at"
                f" {_p(backtest_scores.RULE['worse_at_origins'])} of the years or more and on at least"
                f" {backtest_scores.RULE['fewest_forecasts']} forecasts from {backtest_scores.RULE['fewest_origins']} years, is"
                " forecast by its last value, in intervals calibrated for that; it comes back below"
                f" {backtest_scores.RULE['taken_up_below']:g}. Decided once a year.",
                "每个年末的预测都重做一遍，与后来的数据对照。误差超过最近值的"
                f"{backtest_scores.RULE['switched_off_above']:g}倍、在{_p(backtest_scores.RULE['worse_at_origins'])}及以上的年份都更差，"
                f"且有出自{backtest_scores.RULE['fewest_origins']}个年份的{backtest_scores.RULE['fewest_forecasts']}个以上预测的指标，"
                f"改按最近值预测，区间按此校准；低于{backtest_scores.RULE['taken_up_below']:g}倍时恢复。每年判定一次。",
            ),
        ),
    ),
    Section(
        ("What is calibrated how", "什么按什么校准"),
        (
            (
                "Fixed constants (shares of trend and convergence, damping, tails, shared shock) were measured on replayed"
                " histories of 28 public indicators of other places (2,255 series of Swedish municipalities, US states and"
                " countries), indicators left out in turn. There the median's error is 0.81 of the last value's (MASE 1.49 against"
                " 1.84), sCRPS 0.87 against 1.13, the 80 % intervals held 80.5 % and the 95 % intervals 95.2 %, and the"
                " chances' calibration error was 0.01. Widths and memory are learned anew from every indicator's own figures.",
                "固定常数（趋势与趋同的份额、衰减、尾部、共同冲击）在其他地方28项公开指标的历史重放中测得（瑞典各市、美国各州和"
                "各国，共2255个序列），逐项指标留出检验。在这些数据上，中位数误差为最近值的0.81倍（MASE 1.49对1.84），sCRPS 0.87对"
                "1.13，80%区间覆盖80.5%，95%区间覆盖95.2%，概率校准误差0.01。区间宽度和记忆部分由每项指标自身的数据重新估计。",
            ),
            (
                "What the chances can and cannot do: against one target common to all, the distance to the line tells most;"
                " who will keep a path of their own is told only moderately well by any method. Do not rank areas by a"
                " chance alone.",
                "概率能做什么、不能做什么：对所有地区共同的目标，离线的差距已能说明大半；谁能守住自己的路径，任何方法都只能"
                "说个大概。不要只按概率给地区排名。",
            ),
            (
                "Nothing is drawn anew: the same figures, day and method give the same numbers, and every run keeps its"
                " inputs' hash. An analyst's adjustment stands beside the model's forecast and is marked.",
                "不作重新抽样：相同的数据、日期和方法得出相同的数字，每次预测都保存输入的校验值。分析员的研判与模型预测"
                "并列显示并注明。",
            ),
        ),
    ),
)  # fmt: skip

REFERENCES = (
    "Box, G. E. P.; Jenkins, G. M. (1970). Time Series Analysis: Forecasting and Control.",
    "Gardner, E. S.; McKenzie, E. (1985). Forecasting trends in time series. Management Science 31, 1237-1246. (damped trend)",
    "Efron, B.; Morris, C. (1975). Data analysis using Stein's estimator. JASA 70, 311-319. (shrinkage)",
    "Barro, R.; Sala-i-Martin, X. (1992). Convergence. Journal of Political Economy 100, 223-251.",
    "Griliches, Z. (1957). Hybrid corn: an exploration in the economics of technological change. Econometrica 25, 501-522. (S-curve)",
    "Lei, J. et al. (2018). Distribution-free predictive inference for regression. JASA 113, 1094-1111. (split conformal)",
    "Tashman, L. J. (2000). Out-of-sample tests of forecasting accuracy. Int. J. Forecasting 16, 437-450. (rolling origin)",
    "Hyndman, R. J.; Koehler, A. B. (2006). Another look at measures of forecast accuracy. Int. J. Forecasting 22, 679-688. (MASE)",
    "Gneiting, T.; Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. JASA 102, 359-378. (CRPS, Brier)",
    "Murphy, A. H. (1973). A new vector partition of the probability score. J. Applied Meteorology 12, 595-600.",
    "Vasicek, O. (1987). Probability of loss on loan portfolio. (the one-factor model of the shared shock)",
)  # fmt: skip
