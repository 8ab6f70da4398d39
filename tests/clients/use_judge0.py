"""PyPI's judge0, the SDK of Judge0's makers, against the service whose URL and key are given."""

import sys

import judge0
from judge0 import LanguageAlias

url, key = sys.argv[1:]
client = judge0.Client(url, headers={"X-Auth-Token": key}, retry_strategy=judge0.RegularPeriodRetry(0.1))
print(client.is_language_supported(LanguageAlias.PYTHON), client.config.max_cpu_time_limit)
result = judge0.run(client=client, source_code="print(input()[::-1])", stdin="olleh", language=LanguageAlias.PYTHON)
print(result.status.name, repr(result.stdout), result.time > 0, result.memory > 0)
results = judge0.run(
    client=client, language=LanguageAlias.PYTHON, source_code="print(int(input()) * 2)",
    test_cases=[("1", "2"), ("2", "5")],
)  # fmt: skip
print([(one.status.name, one.stdout) for one in results])
failed = judge0.run(client=client, source_code="int main(void) { return x; }", language=LanguageAlias.C)
print(failed.status.name, "undeclared" in failed.compile_output)
