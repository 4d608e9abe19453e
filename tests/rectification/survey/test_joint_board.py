"""What a joint review amounts to, counted over those who stand on the list."""

from accounts.roles import Role
from rectification.survey import joint_board
from rectification.survey.joint_models import JointReview
from tests import cast
from tests.rectification.survey.asking import ask, give
from tests.rectification.survey.chains import JOINT, MEETING, on_its_way


def test_an_objection_to_who_left_the_list_is_not_counted_in_the_result(year, county):
    review = on_its_way(year, JOINT, MEETING)
    department = cast.post_at(county, Role.DEPARTMENT, "xinfang", department="县信访局")
    joint = ask(year, "县信访局")
    give(year, joint, department, 石桥村="objects", 新枫林村="agrees")
    assert "1 个对象有异议" in board().summary
    review.content["list"] = [row for row in review.content["list"] if "新枫林村" in row["name"]]
    review.save()
    assert "有异议" not in board().summary


def board():
    return joint_board.board_of(JointReview.objects.get(), cast.TODAY)
