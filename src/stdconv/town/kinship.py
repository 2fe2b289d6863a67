"""続柄: what a person is to the head of the household, as a chain of at most four codes."""

from __future__ import annotations

from collections.abc import Iterator

from stdconv.town.columns import State
from stdconv.town.people import MAN, Person

HEAD, KIN, LODGER = "02", "96", "99"
LABELS = {
    **{
        HEAD: "世帯主",
        "11": "夫",
        "12": "妻",
        "13": "夫（未届）",
        "14": "妻（未届）",
        "20": "子",
        "51": "父",
        "52": "母",
    },
    **{"71": "兄", "74": "弟", "81": "姉", "84": "妹", KIN: "縁故者", LODGER: "同居人"},
}
LONGEST = 4
COLUMNS = tuple(f"続柄コード{number}" for number in range(1, LONGEST + 1))


def chain(head: Person, person: Person) -> tuple[str, ...]:
    """Return the shortest chain of codes from ``head`` to ``person``; 縁故者 or 同居人 without a chain."""
    if head is person:
        return (HEAD,)
    reached: list[tuple[Person, tuple[str, ...]]] = [(head, ())]
    seen = {id(head)}
    for current, codes in reached:
        for code, neighbour in _neighbours(current):
            if id(neighbour) in seen:
                continue
            if neighbour is person:
                return (*codes, code)
            seen.add(id(neighbour))
            if len(codes) < LONGEST - 1:
                reached.append((neighbour, (*codes, code)))
    return (KIN,) if head.family == person.family else (LODGER,)


def _neighbours(person: Person) -> Iterator[tuple[str, Person]]:
    """Yield who is one step away, with the code of the step."""
    if person.spouse:
        unmarried = person.unmarried
        if person.spouse.sex == MAN:
            yield "13" if unmarried else "11", person.spouse
        else:
            yield "14" if unmarried else "12", person.spouse
    for child in person.children:
        yield "20", child
    for parent in person.parents:
        yield ("51" if parent.sex == MAN else "52"), parent
    for parent in person.parents:
        for sibling in parent.children:
            if sibling is not person:
                yield _sibling(person, sibling), sibling


def _sibling(person: Person, sibling: Person) -> str:
    if sibling.born <= person.born:
        return "71" if sibling.sex == MAN else "81"
    return "74" if sibling.sex == MAN else "84"


def write(state: State, head: Person, person: Person) -> None:
    """Write what ``person`` is to ``head`` into the record: 続柄コード1–4 from the left, and 続柄表記."""
    codes = chain(head, person)
    for column, code in zip(COLUMNS, codes, strict=False):
        state[column] = code
    for column in COLUMNS[len(codes) :]:
        state.pop(column, None)
    state["続柄表記"] = "の".join(LABELS[code] for code in codes)
    state["世帯主氏名"] = head.written
