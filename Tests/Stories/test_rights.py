"""Who may say what: every frame of Protocol/ from every role, and other people's sessions."""

import pytest

from hub import REPOSITORY

SESSION = "s_" + "0" * 26

#: A well-formed example of each frame a client may send, and who may send it.
FRAMES = {
    "hello": ({"role": "customer", "site": "x"}, {"customer", "agent", "supervisor", "bot"}),
    "message.send": ({"session": SESSION, "key": "k", "text": "x"},
                     {"customer", "agent", "supervisor", "bot"}),
    "typing": ({"session": SESSION, "typing": True}, {"customer", "agent", "supervisor", "bot"}),
    "read": ({"session": SESSION, "seq": 1}, {"customer", "agent", "supervisor", "bot"}),
    "history": ({"session": SESSION, "after": 0}, {"customer", "agent", "supervisor", "bot"}),
    "session.start": ({}, {"customer"}),
    "session.leave": ({"session": SESSION}, {"customer", "agent", "supervisor"}),
    "session.close": ({"session": SESSION}, {"customer", "agent", "supervisor", "bot"}),
    "status.set": ({"status": "busy"}, {"agent", "supervisor"}),
    "queue.subscribe": ({"groups": ["pre-sales"]}, {"agent", "supervisor"}),
    "queue.unsubscribe": ({"groups": ["pre-sales"]}, {"agent", "supervisor"}),
    "offer.accept": ({"session": SESSION}, {"agent", "supervisor"}),
    "offer.decline": ({"session": SESSION}, {"agent", "supervisor"}),
    "session.human": ({"session": SESSION}, {"customer", "bot"}),
    "message.leave": ({"key": "k", "text": "x"}, {"customer"}),
    "message.take": ({"message": "m_" + SESSION[2:]}, {"agent", "supervisor"}),
    "queue.choose": ({"session": SESSION, "choice": "wait"}, {"customer"}),
    "session.rate": ({"session": SESSION, "key": "k", "score": 3}, {"customer"}),
    "customer.get": ({"customer": "nobody"}, {"agent", "supervisor", "bot"}),
    "session.reopen": ({"session": SESSION, "key": "k"}, {"customer"}),
    "message.delete": ({"session": SESSION, "seq": 1}, {"supervisor"}),
    "customer.sessions": ({"customer": "nobody"}, {"agent", "supervisor"}),
    "customer.set": ({"customer": "nobody"}, {"agent", "supervisor"}),
    "pong": ({}, {"customer", "agent", "supervisor", "bot"}),
    "session.wrap": ({"session": SESSION}, {"agent", "supervisor"}),
    "session.tag": ({"session": SESSION, "tags": ["a"]}, {"agent", "supervisor"}),
    "agent.set": ({"agent": "nobody", "status": "away"}, {"supervisor"}),
    "canned.list": ({}, {"agent", "supervisor"}),
    "canned.set": ({"shortcut": "hi", "text": "x"}, {"agent", "supervisor"}),
    "session.pick": ({"session": SESSION}, {"agent", "supervisor"}),
    "session.explain": ({"session": SESSION}, {"agent", "supervisor"}),
    "agents.list": ({}, {"agent", "supervisor"}),
    "session.assign": ({"session": SESSION, "agent": "anna"}, {"supervisor"}),
    "session.transfer": ({"session": SESSION, "key": "k", "to": {"agent": "anna"}},
                         {"agent", "supervisor"}),
    "session.transfer.cancel": ({"session": SESSION}, {"agent", "supervisor"}),
    "session.invite": ({"session": SESSION, "key": "k", "agent": "anna"}, {"agent", "supervisor"}),
    "session.invite.cancel": ({"session": SESSION, "agent": "anna"}, {"agent", "supervisor"}),
    "session.join": ({"session": SESSION}, {"agent", "supervisor"}),
    "session.take": ({"session": SESSION}, {"supervisor"}),
    "session.watch": ({"session": SESSION}, {"supervisor"}),
    "session.unwatch": ({"session": SESSION}, {"supervisor"}),
    "session.note": ({"session": SESSION, "key": "k", "text": "x"}, {"agent", "supervisor"}),
    "session.whisper": ({"session": SESSION, "key": "k", "text": "x"}, {"supervisor"}),
    "session.notes": ({"session": SESSION, "after": 0}, {"agent", "supervisor"}),
    "board.subscribe": ({}, {"supervisor"}),
    "board.unsubscribe": ({}, {"supervisor"}),
    "sessions.list": ({}, {"supervisor"}),
    "file.offer": ({"session": SESSION, "key": "k", "name": "a", "bytes": 1},
                   {"customer", "agent", "supervisor"}),
    "file.link": ({"session": SESSION, "file": "f_" + SESSION[2:]},
                  {"customer", "agent", "supervisor"}),
}
ROLES = ["customer", "agent", "supervisor", "bot"]


def test_table_names_every_frame_of_the_protocol():
    """A new frame without a row here fails: its vectors name it."""
    vectors = REPOSITORY / "Protocol" / "vectors" / "valid"
    named = {path.name[len("client."):-len(".json")] for path in vectors.glob("client.*.json")}
    assert named == set(FRAMES)


def person(site, role):
    if role == "customer":
        return site.customer()
    if role == "supervisor":
        return site.supervisor("zoe")
    token = site.token(role, "robo" if role == "bot" else "anna")
    return site.agent("anna", token=token, role=role) if role == "bot" else site.agent("anna")


@pytest.mark.parametrize("role", ROLES)
def test_role_may_send_its_frames_and_no_others(site, role):
    who = person(site, role)
    wrong = []
    for type_, (fields, allowed) in FRAMES.items():
        answer = who.ask(type_, **fields)
        code = answer.get("code", "ok")
        if type_ == "hello":
            fine = code == "already_greeted"
        elif role in allowed:
            # The session does not exist: everything but `forbidden` for the frame's sake is right.
            fine = code in ("ok", "not_found", "no_offer", "gone", "existing", "session_open",
                             "no_message", "no_file")
        else:
            fine = code == "forbidden"
        if not fine:
            wrong.append((type_, code))
    assert not wrong, f"{role}: {wrong}"


OWN_SESSION_FRAMES = {
    "message.send": {"key": "k", "text": "x"}, "history": {"after": 0}, "session.close": {},
    "typing": {"typing": True}, "read": {"seq": 1}, "session.leave": {}, "offer.accept": {},
    "offer.decline": {}, "session.rate": {"key": "k", "score": 3},
    "session.note": {"key": "k", "text": "x"}, "session.notes": {"after": 0},
    "session.transfer": {"key": "k", "to": {"agent": "chen"}}, "session.transfer.cancel": {},
    "session.invite": {"key": "k", "agent": "chen"}, "session.join": {},
    "session.invite.cancel": {"agent": "chen"},
    "session.wrap": {"tags": ["a"]}, "session.tag": {"tags": ["a"]},
}


@pytest.mark.parametrize("role", ["customer", "agent"])
@pytest.mark.parametrize("type_", OWN_SESSION_FRAMES)
def test_sessions_of_others_are_closed_to_everybody_else(site, role, type_):
    customer, agent, session = site.pair(text="private")
    stranger = site.customer() if role == "customer" else site.agent("chen").online()
    fields = OWN_SESSION_FRAMES[type_]
    answer = stranger.ask(type_, session=session, **fields)
    missing = stranger.ask(type_, session=SESSION, **fields)
    assert answer["type"] == "error"
    assert answer["code"] in ("forbidden", "not_found", "no_offer")
    # Nothing tells another's session from none at all; only agents learn of each other's offers.
    if answer["code"] != "no_offer":
        assert (answer["code"], answer["message"]) == (missing["code"], missing["message"])
    customer.say(session, "untouched")
    agent.expect("message", session=session, text="untouched")
    stranger.barrier()
    assert not stranger.all("message")
    for owner in (customer, agent):
        assert not owner.all("typing") and not owner.all("read")
        assert not owner.all("session.state", state="closed")


def test_agent_cannot_read_a_session_that_only_waits(site):
    customer = site.customer()
    session = customer.start(text="private", topic="refund")
    customer.position(session)
    anna = site.agent("anna").online()
    assert anna.refused("history", session=session, after=0) in ("not_found", "forbidden")
    assert anna.refused("message.send", session=session, key="k", text="x") in (
        "not_found", "forbidden")


def test_agent_loses_his_rights_with_the_session(site):
    customer, anna, session = site.pair(text="one")
    anna.request("session.close", session=session)
    second = customer.start(text="two")
    offer = anna.offered(second)
    anna.request("offer.decline", session=offer["session"])
    bo = site.agent("bo").online()
    bo.accept(bo.offered(second)["session"])
    assert anna.refused("history", session=second, after=0) in ("not_found", "forbidden")
    customer.say(second, "for Bo only")
    bo.expect("message", session=second)
    anna.barrier()
    assert not anna.all("message", session=second)


def test_customer_cannot_close_while_naming_another(site):
    mine, theirs = site.customer(), site.customer()
    my_session, their_session = mine.start(), theirs.start()
    assert mine.refused("session.leave", session=their_session) in ("not_found", "forbidden")
    assert theirs.position(their_session)["position"] == 2
    assert my_session != their_session
