"""What a place's practice is called: leadership, inputs beside the scores, provisions, by the keys of a scheme.

A program may look for a key; a person reads its word. An empty key is a sentence nothing in the system looks for.
"""

from collections.abc import Mapping

LEADERSHIP: Mapping[str, str] = {
    "group": "领导小组",
    "office": "领导小组办公室",
    "lead_department": "牵头部门",
    "first_responsible": "第一责任人",
    "direct_responsible": "直接责任人",
}
INPUTS: Mapping[str, str] = {
    "grading": "分类定级",
    "appraisal": "述职评议考核问题",
    "vacancies": "班子缺职",
    "committee_grade": "村班子年度考核（一、二、三类）",
    "collective_economy": "集体经济",
    "petitions": "信访件数",
    "tracking": "销号后跟踪",
    "": "其他",
}
PROVISIONS: Mapping[str, str] = {
    "support_stays": "不转化不撤离",
    "first_secretary": "第一书记",
    "work_team": "部门帮扶",
    "committee": "配齐配强班子",
    "pairing": "结对共建",
    "funds": "帮扶项目资金",
    "secretary_by_cause": "按原因选派第一书记",
    "five_clear": "五个明确",
    "plan_contents": "整顿方案内容",
    "finance_publication": "财务审查和公开",
    "ledgers": "工作台账",
    "burden": "为基层减负",
    "make_up": "限期补课",
    "tracking": "跟踪管理",
    "lookback_order": "回头看整改",
    "poor_result": "整顿效果不明显",
    "slow_progress": "工作不力",
    "result_counts": "结果运用",
    "": "其他规定",
}
KEYS: Mapping[str, str] = {**PROVISIONS, **INPUTS, **LEADERSHIP}
"""Every key in words."""
KEYS_OF: Mapping[str, Mapping[str, str]] = {
    "leadership": LEADERSHIP,
    "input": INPUTS,
    "provision": PROVISIONS,
}
"""The keys a person may choose from, by the kind of item."""
