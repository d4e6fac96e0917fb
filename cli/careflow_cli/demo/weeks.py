"""The ten weeks, Monday to Friday: six children whose cases go six ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from careflow_cli.demo.opening import CASES, TOWNSHIP, mend
from careflow_cli.demo.player import Player
from workflow_core.i18n import translate

MONDAY = date(2026, 10, 19)
PROOF = "evidence=in-class.png"
NEXT_YEAR = date(2027, 1, 4)
XIAOYU, XIAOSONG, MINGYUE, TIANYE, XIAOCHUAN, SHILEI = CASES
COUNTED = "一二三四五六七八九十"


class Weeks:
    """The story; each method named after a week plays it."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.n = 0
        self.signed: list[str] = []

    # -- what happens again and again

    def begin(self, n: int, english: str, chinese: str) -> None:
        """A week begins: its heading."""
        self.n = n
        self.on(0)
        day = self.player.day
        self.player.screen.heading(
            self.player.word(
                f"Week {n}, from Monday {day.day} {day:%B}: {english}",
                f"第{COUNTED[n - 1]}周（{day.month}月{day.day}日起）：{chinese}",
            )
        )

    def on(self, weekday: int) -> str:
        """It is this day of the week now, Monday being 0; its date as it is typed."""
        self.player.day = MONDAY + timedelta(weeks=self.n - 1, days=weekday)
        return self.player.day.isoformat()

    def end(self, *, show: bool = False) -> None:
        """Friday: the clock has its turn, the school signs what waits for its signature, and the week's papers are printed into one file."""
        self.on(4)
        self.player.also("", "tick")
        waiting = [one for one in self.player.ask("inbox", "--role", "school")["tasks"] if one["kind"] == "paper"]
        if waiting:
            self.paper("chen", *(f"{one['case']}.{one['task'].removeprefix('sign-')}" for one in waiting))
        if self.signed:
            self.act("liu", ["document", "print", *self.signed, "--to", f"papers-week-{self.n}.html"], show=show, code=0, most=1)
            self.signed = []

    @property
    def today(self) -> str:
        """The date, as it is typed."""
        return self.player.day.isoformat()

    def done(self, who: str, case: str, task: str, *given: str, show: bool = False, code: int = 0, most: int = 2) -> None:
        """Somebody does a task of a case."""
        words = ["task", "done", f"{case}.{task}", *(word for one in given for word in ("--set", one))]
        self.act(who, words, show=show, code=code, most=most)

    def step(self, who: str, case: str, transition: str, *given: str, show: bool = True, code: int = 0, most: int = 2) -> None:
        """Somebody takes a step of a case."""
        words = ["case", "advance", case, transition, *(word for one in given for word in ("--set", one))]
        self.act(who, words, show=show, code=code, most=most)

    def act(self, who: str, words: Sequence[str], *, show: bool, code: int, most: int) -> None:
        """Somebody gives a command, in front of the audience or not."""
        if show:
            self.player.care(who, *words, code=code, most=most)
        else:
            self.player.also(who, *words, code=code)

    def gone(self, case: str, *, show: bool = False) -> None:
        """The school asks, and the child has left."""
        self.done("chen", case, "verify", f"checked_on={self.today}", self.player.word("finding=Left school", "finding=已离校"), show=show)
        self.done("chen", case, "register")

    def cause(self, case: str, english: str, chinese: str, *, show: bool = False) -> None:
        """The village finds out why."""
        self.done("zhou", case, "cause", f"enquired_on={self.today}", f"cause={self.player.word(english, chinese)}", show=show, most=3)

    def paper(self, who: str, *papers: str, show: bool = False) -> None:
        """Somebody signs papers: each gets its number."""
        words = ["document", "sign", *papers]
        self.act(who, words, show=show, code=0, most=2 if show else 1)
        self.signed += papers

    def serve(self, who: str, paper: str, *, show: bool = False) -> None:
        """Somebody has brought a paper to the family, and enters its receipt."""
        at, to = self.player.word("at home", "家中"), self.player.word("the grandmother", "奶奶")
        words = ["document", "serve", paper, "--on", self.today, "--place", at, "--by", who, "--received-by", to]
        self.act(who, words, show=show, code=0, most=1)

    def unwanted(self, who: str, paper: str) -> None:
        """Somebody has brought a paper, and the family would not take it: two neighbours sign instead."""
        at, why = self.player.word("at home", "家中"), self.player.word("school is of no use", "说读书没有用")
        neighbours = self.player.word("one neighbour", "邻居甲"), self.player.word("another neighbour", "邻居乙")
        words = ["document", "serve", paper, "--on", self.today, "--place", at, "--by", who, "--refused", "--why", why]
        self.act(who, [*words, *(word for one in neighbours for word in ("--witness", one))], show=True, code=0, most=1)

    def letters(self, *cases: str) -> None:
        """The school's letter to each family: signed by the school, brought by the village."""
        self.paper("chen", *(f"{case}.persuasion_letter" for case in cases))
        for case in cases:
            self.serve("zhou", f"{case}.persuasion_letter")

    def monthly_list(self, case: str) -> None:
        """The township's list of the month, which is drafted by itself towards its end."""
        self.player.also("", "tick")
        self.paper("liu", f"{case}.monthly_report")
        self.done("liu", case, "send_list", f"sent_on={self.today}")

    def visit(self, case: str, english: str, chinese: str, *, promised: date | None = None, show: bool = False, most: int = 2) -> None:
        """One round of persuasion."""
        given = [f"visited_on={self.today}", self.player.word("met=the grandmother", "met=奶奶"), f"outcome={self.player.word(english, chinese)}"]
        self.done("zhou", case, "visit", *given, *([f"promised_for={promised}"] if promised else []), show=show, most=most)

    def refused(self, case: str, *, show: bool = False) -> None:
        """A visit in vain."""
        self.visit(case, "The family refuses", "家庭拒绝", show=show)

    def look(self, case: str, task: str, missed: int = 0, *, show: bool = False, most: int = 2) -> None:
        """The school looks at the class's register."""
        self.done("chen", case, task, f"looked_on={self.today}", f"days_missed={missed}", show=show, most=most)

    # -- the weeks

    def one(self) -> None:
        """Checked, registered, excused; the refused rows come back."""
        player = self.player
        self.begin(1, "who has really left?", "谁真的离校了？")
        self.on(1)
        self.gone(XIAOYU, show=True)
        for case in (XIAOSONG, TIANYE, SHILEI):
            self.gone(case)
        self.paper("chen", *(f"{case}.registration" for case in (XIAOYU, XIAOSONG, TIANYE, SHILEI)))
        mend(Path("refused.xlsx"), Path("refused-mended.xlsx"))
        player.care("liu", "child", "import", "refused-mended.xlsx", "--township", TOWNSHIP, most=1)
        player.tell(
            "So Xiang Mingyue is on file. She is said to learn in another county; that must be proved, and the refusal says so:",
            "向明月的档案补齐了。听说她在外县上学；这要有凭据，拒绝时会说明：",
        )
        found = [f"checked_on={self.today}", player.word("finding=At another school", "finding=在其他学校就读")]
        self.done("chen", MINGYUE, "verify", *found, show=True, code=1, most=3)
        self.done("chen", MINGYUE, "verify", *found, player.word("proof=roll no. 20260917", "proof=学籍号20260917"))
        player.tell("With the number of her entry there, it can:", "填上那边的学籍号，就可以了：")
        self.step("chen", MINGYUE, "excuse", f"decided_on={self.today}", player.word("why=moved with the parents", "why=随父母迁居"), most=1)
        self.on(2)
        self.cause(XIAOSONG, "Poverty", "家庭困难")
        self.cause(TIANYE, "Gone to work", "外出打工", show=True)
        self.cause(XIAOYU, "Does not want to learn", "厌学")
        self.cause(SHILEI, "Does not want to learn", "厌学")
        [police] = [one["ref"] for one in player.ask("task", "list", TIANYE)["tasks"] if one["kind"] == "escalation"]
        player.also("liu", "task", "done", police)
        self.letters(XIAOYU, XIAOSONG, TIANYE, SHILEI)
        player.tell("What was signed this week goes to the printer in one file:", "本周签发的文书一次打印：")
        self.end(show=True)

    def two(self) -> None:
        """A first return."""
        self.begin(2, "visits", "上门劝返")
        self.visit(XIAOYU, "Will return", "同意返校", promised=MONDAY + timedelta(days=9), show=True, most=1)
        self.refused(SHILEI)
        self.visit(XIAOSONG, "Nobody met", "没有见到人")
        self.refused(TIANYE)
        self.player.tell("Two days later Su Xiaoyu is in class. From now on the school looks at the register.", "两天后，苏晓雨回到课堂。学校从此跟踪出勤。")
        self.on(2)
        self.step("chen", XIAOYU, "return", f"returned_on={self.today}", PROOF)
        for case in (XIAOSONG, TIANYE, SHILEI):
            self.done("zhou", case, "follow_letter", f"checked_on={self.today}")
        self.monthly_list("DM-26-00001")
        self.on(4)
        self.look(XIAOYU, "watch_weekly")
        self.end()

    def three(self) -> None:
        """Why a step is refused; silence is heard."""
        player = self.player
        self.begin(3, "why not?", "为什么不行？")
        self.refused(SHILEI)
        self.visit(XIAOSONG, "Will return", "同意返校", promised=MONDAY + timedelta(days=21))
        self.visit(TIANYE, "Will return", "同意返校", promised=MONDAY + timedelta(days=17))
        player.tell(
            "Shi Lei's family has refused twice. The school would like to report it in writing, and asks first whether it may:",
            "石磊家两次拒绝。学校想书面报告，先问能不能：",
        )
        player.care("chen", "case", "why", SHILEI, "report", most=4)
        self.on(3)
        self.step("chen", TIANYE, "return", f"returned_on={self.today}", PROOF, show=False)
        self.on(4)
        for case in (XIAOYU, TIANYE):
            self.look(case, "watch_weekly")
        player.tell(
            "Nobody has touched Long Xiaochuan's case for two weeks. The clock, which runs every night, hears the silence and tells the supervisor:",
            "龙小川的个案两周无人过问。每晚运行的时钟听得见沉默，报给督导员：",
        )
        player.also("", "tick")
        player.care("liu", "inbox", most=4)
        self.end()

    def four(self) -> None:
        """The report."""
        self.begin(4, "the report", "书面报告")
        self.refused(SHILEI)
        self.step("chen", XIAOSONG, "return", f"returned_on={self.today}", PROOF, show=False)
        self.on(1)
        self.player.tell("After the third visit in vain the same question has another answer:", "第三次上门仍无结果，这回可以了：")
        self.step("chen", SHILEI, "report")
        self.on(2)
        self.paper("chen", f"{SHILEI}.written_report")
        self.done("chen", SHILEI, "written_report", f"sent_on={self.today}")
        self.on(4)
        for case in (XIAOYU, XIAOSONG, TIANYE):
            self.look(case, "watch_weekly")
        talk = [f"talked_on={self.today}", self.player.word("met=the father", "met=父亲"), self.player.word("result=thinks about it", "result=表示考虑")]
        self.done("liu", SHILEI, "talk", *talk)
        self.step("liu", SHILEI, "notice", show=False)
        self.paper("liu", f"{SHILEI}.return_notice")
        self.end()

    def five(self) -> None:
        """Too early for an order; a relapse; the county hears."""
        player = self.player
        self.begin(5, "too early, and missing again", "时候未到；又不见了")
        self.refused(SHILEI)
        self.serve("liu", f"{SHILEI}.return_notice", show=True)
        self.on(2)
        player.tell(
            "Wu would order the return at once. The notice gives the family seven days, and careflow holds to it:",
            "吴想马上责令复学。通知书给了七天，期限未到，不放行：",
        )
        self.step("wu", SHILEI, "order", code=1, most=3)
        self.on(4)
        player.tell(
            "Tian Ye had returned. This week's register shows three days missed, and persuasion begins anew:", "田野已经返校，可本周缺了三天课，劝返重新开始："
        )
        for case in (XIAOYU, XIAOSONG):
            self.look(case, "watch_weekly")
        self.look(TIANYE, "watch_weekly", 3, show=True, most=3)
        player.tell("Still nobody has looked for Long Xiaochuan. Now the county hears of it:", "龙小川仍然无人过问。现在轮到县里知道了：")
        player.also("", "tick")
        player.care("", "inbox", "--role", "county_office", most=3)
        self.end()

    def six(self) -> None:
        """The notice has run out."""
        player = self.player
        self.begin(6, "the bureau's turn", "轮到教育局")
        self.refused(SHILEI)
        self.on(1)
        self.cause(TIANYE, "Cannot follow the lessons", "学习困难")
        self.serve("zhou", f"{TIANYE}.persuasion_letter")
        self.refused(TIANYE)
        player.tell("The seven days are over, and Shi Lei is not in class. Now it lies with the bureau:", "七天已过，石磊仍未到校。下一步在教育局：")
        self.done("liu", SHILEI, "follow_notice", f"checked_on={self.today}")
        player.also("", "tick")
        player.care("wu", "inbox", most=4)
        self.on(2)
        player.tell(
            "Wu orders the return. A paper has no number, and no effect, before a person signs it:", "吴责令复学。没有人签字，文书就没有编号，也不生效："
        )
        self.step("wu", SHILEI, "order", most=1)
        self.paper("wu", f"{SHILEI}.return_order", show=True)
        self.on(4)
        player.tell(
            "The family does not take it. With two witnesses it is served all the same, and fifteen days begin:",
            "家里不肯签收。有两名见证人，照样算送达，十五天起算：",
        )
        self.unwanted("wu", f"{SHILEI}.return_order")
        self.monthly_list("DM-26-00002")
        self.look(XIAOSONG, "watch_weekly")
        self.end()

    def seven_to_nine(self) -> None:
        """Ordinary weeks."""
        player = self.player
        self.begin(7, "three ordinary weeks", "平常的三周")
        for n, outcome in ((7, ("Nobody met", "没有见到人")), (8, ("Will return", "同意返校")), (9, ("Will return", "同意返校"))):
            self.n = n
            self.on(0)
            self.refused(SHILEI)
            self.on(1)
            self.visit(TIANYE, *outcome, promised=NEXT_YEAR if n > 7 else None)
            if n == 7:
                self.done("zhou", TIANYE, "follow_letter", f"checked_on={self.today}")
                self.on(4)
                self.look(XIAOSONG, "watch_weekly")
            if n == 9:
                self.done("wu", SHILEI, "follow_order", f"checked_on={self.today}")
                player.tell("Su Xiaoyu's month is over without a day missed. Nobody has to close the case:", "苏晓雨一个月没有缺课。个案不用人来结：")
                self.look(XIAOYU, "watch_monthly", show=True)
            self.end()

    def ten(self) -> None:
        """The order has run out; a person decides, and two drafts lie at the court's door. What is left is seen in the inboxes."""
        player = self.player
        self.begin(10, "at the court's door", "法院门前")
        self.refused(SHILEI)
        self.on(1)
        self.visit(TIANYE, "Will return", "同意返校", promised=NEXT_YEAR)
        player.tell(
            "The fifteen days are over too. Whether to go to court is for the county to say; careflow drafts, and issues nothing:",
            "十五天也过去了。起不起诉由县里决定；careflow 只拟稿，什么也不发出：",
        )
        why = player.word("why=every step was in vain", "why=各个步骤都没有效果")
        self.step("tang", SHILEI, "to_court", f"decided_on={self.today}", why, most=1)
        visits = [one["title"] for one in player.ask("document", "list", SHILEI)["papers"] if one["name"] == "home_visit"]
        player.care("tang", "document", "list", SHILEI, most=30, only=lambda line: not any(translate(title) in line for title in visits))
        player.care("tang", "document", "sign", f"{SHILEI}.pleading", code=1, most=2)
        player.also("tang", "document", "print", f"{SHILEI}.pleading", f"{SHILEI}.support_request", "--to", "court.html")
        self.end()


def play(player: Player) -> None:
    """All ten weeks."""
    story = Weeks(player)
    tell: list[Callable[[], None]] = [story.one, story.two, story.three, story.four, story.five, story.six, story.seven_to_nine, story.ten]
    for week in tell:
        week()
