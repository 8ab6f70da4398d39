"""Compilers that stay for their key's next request, where the operator wants that."""

from collections.abc import Iterator
from typing import Any

import pytest

from frontend.keys import Scope
from tests.conftest import state_folder
from tests.host import cgroups
from tests.running import eventually
from tests.service import Service, files_body

pytestmark = pytest.mark.service

PROGRAMS = {
    "java": ("Main.java", "class Main { public static void main(String[] a) { System.out.println(WORD); } }"),
    "csharp": ("main.cs", "Console.WriteLine(WORD);"),
}
# What one request leaves in its compiler's jail and memory, and the next must not meet.
HELPERS = {
    "java": ("Helper.java", 'class Helper { static String word = "helped"; }'),
    "csharp": ("Helper.cs", 'static class Helper { public static string word = "helped"; }'),
}


@pytest.fixture(scope="module")
def resident() -> Iterator[Service]:
    with Service.start(
        "resident", state_folder(), resident_compilers=20, compile_cache_bytes=0, runtimes=["java", "csharp"]
    ) as running:
        yield running


@pytest.fixture
def key(resident: Service, request: pytest.FixtureRequest) -> str:
    """A key of its own for each test: it meets nobody else's compiler."""
    name: str = request.node.name.replace("[", ".").rstrip("]")
    resident.add_key(name, Scope.EXECUTE)
    return name


def pool(service: Service, language: str) -> dict[str, Any]:
    """Of the compilers that wait for anybody."""
    (found,) = [p for p in service.pool()["pools"] if (p["runtime"], p["stage"]) == (language, "compile")]
    return dict(found)


async def compile_and_run(service: Service, key: str, language: str, word: str, **others: Any) -> dict[str, Any]:
    """The answer, once the compiler has made up its mind whether it stays."""
    await eventually(lambda: pool(service, language)["warm"] == 1, "no compiler is warm")
    name, code = PROGRAMS[language]
    helpers = others.pop("helpers", {})
    files = files_body({name: code.replace("WORD", word), **helpers})
    body = {"language": language, "files": files, "compile_timeout": 60_000, "run_timeout": 20_000, **others}
    response = service.post_json(body, key)
    assert response.status_code == 200, response.text
    await eventually(lambda: pool(service, language)["busy"] == 0, "it is still busy")
    answer: dict[str, Any] = response.json()
    return answer


async def stays(service: Service, language: str, number: int) -> None:
    await eventually(lambda: pool(service, language)["resident"] == number, f"there are not {number} that stay")


@pytest.mark.parametrize("language", PROGRAMS)
async def test_one_compiler_serves_its_keys_requests(resident: Service, key: str, language: str) -> None:
    before = pool(resident, language)
    for word in ('"one"', '"two"', "error", '"three"'):
        answer = await compile_and_run(resident, key, language, word)
        if word == "error":
            assert answer["compile"]["status"] == "nonzero_exit"
            assert "error" in answer["compile"]["stderr"]
        else:
            assert answer["compile"]["stderr"] == answer["compile"]["stdout"] == ""
            assert answer["run"]["stdout"] == word.strip('"') + "\n"
        await stays(resident, language, before["resident"] + 1)
    assert pool(resident, language)["hits"] == before["hits"] + 1


@pytest.mark.parametrize("language", PROGRAMS)
async def test_what_one_request_brought_is_not_there_for_the_next(resident: Service, key: str, language: str) -> None:
    name, code = HELPERS[language]
    before = pool(resident, language)
    answer = await compile_and_run(resident, key, language, "Helper.word", helpers={name: code, "data/a.txt": "x"})
    assert answer["run"]["stdout"] == "helped\n"
    await stays(resident, language, before["resident"] + 1)
    answer = await compile_and_run(resident, key, language, "Helper.word")
    assert answer["compile"]["status"] == "nonzero_exit"
    await stays(resident, language, before["resident"] + 1)
    answer = await compile_and_run(resident, key, language, '"word"', outputs=["**"])
    assert answer["run"]["stdout"] == "word\n"
    main, made = PROGRAMS[language][0], {"java": ["main.jar"], "csharp": ["main.dll", "main.runtimeconfig.json"]}
    assert sorted(file["name"] for file in answer["files"]) == sorted([main, *made[language]])
    assert pool(resident, language)["hits"] == before["hits"] + 1


@pytest.mark.parametrize("language", PROGRAMS)
async def test_request_can_not_speak_for_the_next_one(resident: Service, key: str, language: str) -> None:
    """By a file of the name that its compiler reads the names of sources from."""
    before = pool(resident, language)
    evil = {
        "java": 'class Main { public static void main(String[] a) { System.out.println("evil"); } }',
        "csharp": 'Console.WriteLine("evil");',
    }
    helpers = {".operands": "\0evil.txt\0", "tmp/.operands": "\0evil.txt\0", "evil.txt": evil[language]}
    for word in ("honest", "next", "last"):
        answer = await compile_and_run(
            resident, key, language, f'"{word}"', helpers=helpers if word == "honest" else {}
        )
        assert (answer["compile"]["status"], answer["run"]["stdout"]) == ("ok", f"{word}\n")
        await stays(resident, language, before["resident"] + 1)
    assert pool(resident, language)["hits"] == before["hits"] + 1


@pytest.mark.parametrize("language", PROGRAMS)
async def test_what_can_not_be_taken_out_runs_where_it_was_compiled(resident: Service, key: str, language: str) -> None:
    deep = {"/".join("d" * 20) + "/x.txt": "deep"}
    answer = await compile_and_run(resident, key, language, '"word"', helpers=deep)
    assert (answer["compile"]["status"], answer["run"]["stdout"]) == ("ok", "word\n")


@pytest.mark.parametrize("language", PROGRAMS)
async def test_another_key_gets_another_compiler(resident: Service, key: str, language: str) -> None:
    other = f"{key}.other"
    resident.add_key(other, Scope.EXECUTE)
    before = pool(resident, language)
    for whose, number in ((key, 1), (other, 2), (key, 2), (other, 2)):
        assert (await compile_and_run(resident, whose, language, '"x"'))["run"]["stdout"] == "x\n"
        await stays(resident, language, before["resident"] + number)
    assert pool(resident, language)["hits"] == before["hits"] + 2


@pytest.mark.parametrize("language", PROGRAMS)
async def test_one_that_breaks_a_limit_does_not_stay(resident: Service, key: str, language: str) -> None:
    number = pool(resident, language)["resident"]
    await compile_and_run(resident, key, language, '"x"')
    await stays(resident, language, number + 1)
    before = pool(resident, language)
    for limit, status in (({"compile_cpu_time": 1}, "cpu_timeout"), ({"compile_timeout": 1}, "timeout")):
        assert (await compile_and_run(resident, key, language, '"y"', **limit))["compile"]["status"] == status
        await stays(resident, language, number)
        assert (await compile_and_run(resident, key, language, '"z"'))["run"]["stdout"] == "z\n"
        await stays(resident, language, number + 1)
    assert pool(resident, language)["hits"] == before["hits"] + 2


async def test_nobody_stays_where_nobody_is_asked_to(service: Service) -> None:
    before = pool(service, "java")["hits"]
    for word in ('"one"', '"two"'):
        await compile_and_run(service, "execute", "java", word)
    assert pool(service, "java")["hits"] == before + 2
    assert pool(service, "java")["resident"] == 0


@pytest.mark.parametrize("own_service", [{"resident_compilers": 1, "runtimes": ["java"]}], indirect=True)
async def test_all_go_when_the_service_stops(own_service: Service) -> None:
    await compile_and_run(own_service, "execute", "java", '"x"')
    await stays(own_service, "java", 1)
    own_service.stop()
    assert cgroups(own_service.cgroup_name) == []
