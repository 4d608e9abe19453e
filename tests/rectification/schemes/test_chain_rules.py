"""Which step of a chain decides, and what makes a chain that cannot be gone."""

from types import SimpleNamespace

from rectification.schemes.chain_rules import chain_problems, deciding_step, split_at_decision


def _step(name="环节", mode="handle", decides=False, process="determination", level="county", role=""):
    return SimpleNamespace(name=name, mode=mode, decides=decides, process=process, level=level, role=role)


TOWNSHIP = _step("乡镇党委初定", "record", level="township")
JOINT = _step("部门联审", "joint")
DEPARTMENT = _step("县委组织部确定", "record")
COMMITTEE = _step("县委常委会审定", "record", decides=True)
PUBLISH = _step("公布", "publish")
CITY = _step("报市备案", level="city")


def _errors(steps):
    return [problem.message for problem in chain_problems(steps) if problem.is_error]


def test_the_marked_step_decides():
    assert deciding_step([TOWNSHIP, COMMITTEE, DEPARTMENT, PUBLISH, CITY]) is COMMITTEE


def test_without_a_mark_the_last_handled_or_recorded_step_decides():
    assert deciding_step([TOWNSHIP, JOINT, DEPARTMENT, PUBLISH]) is DEPARTMENT


def test_joint_review_and_publication_alone_decide_nothing():
    assert deciding_step([JOINT, PUBLISH]) is None
    assert deciding_step([]) is None
    assert any("没有作出认定的环节" in message for message in _errors([JOINT, PUBLISH]))


def test_what_comes_after_the_decision_is_publication_and_filing():
    assert split_at_decision([TOWNSHIP, COMMITTEE, PUBLISH, CITY]) == ([TOWNSHIP, COMMITTEE], [PUBLISH, CITY])


def test_a_publication_may_stand_before_or_after_the_decision():
    assert _errors([TOWNSHIP, PUBLISH, COMMITTEE]) == []
    assert _errors([TOWNSHIP, COMMITTEE, PUBLISH]) == []


def test_a_list_is_published_once():
    twice = [TOWNSHIP, _step("公示", "publish"), COMMITTEE, PUBLISH]
    problems = [problem for problem in chain_problems(twice) if problem.is_error]
    assert [(one.path, one.message) for one in problems] == [
        ("chain.3.mode", "“公布”：公布公示只登记一次，已有“公示”，请删去其中一个环节")
    ]


def test_a_step_stands_with_a_post_that_its_level_can_have():
    assert _errors([_step("审定", "record", role="county_officer")]) == []
    wrong = _step("审定", "record", role="township_officer")
    assert "“审定”没有人能办理" in _errors([wrong])[0] and "只能设在" in _errors([wrong])[0]
    assert "审计员不办理整顿业务" in _errors([_step("审定", "record", role="auditor")])[0]


def test_only_one_step_is_marked_as_deciding():
    twice = [TOWNSHIP, _step("县委组织部确定", "record", decides=True), COMMITTEE]
    problems = [problem for problem in chain_problems(twice) if problem.is_error]
    assert [problem.path for problem in problems] == ["chain.2.decides"]
    assert "只能有一个" in problems[0].message


def test_a_joint_review_and_another_process_decide_no_determination():
    assert "不能标为认定环节" in _errors([_step("部门联审", "joint", decides=True), DEPARTMENT])[0]
    assert "不属于摸排认定" in _errors([_step("审批", decides=True, process="plan")])[0]


def test_joint_review_and_publication_belong_to_the_determination():
    assert _errors([_step("公布", "publish", process="plan")]) == ["“公布”：部门联审、公布公示只用于摸排认定"]


def test_a_chain_that_goes_back_down_is_pointed_out_and_stands():
    warned = [problem for problem in chain_problems([DEPARTMENT, TOWNSHIP, PUBLISH]) if not problem.is_error]
    assert [problem.path for problem in warned] == ["chain.1.level"]
