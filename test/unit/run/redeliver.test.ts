// The inputs of `redeliver`.
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/model/problem.ts";
import { redeliverInputs } from "../../../src/run/redeliver.ts";

const NOW = Date.UTC(2026, 3, 2);

function problemsOf(given: Readonly<Record<string, string>>): readonly string[] {
	try {
		redeliverInputs((name) => given[name] ?? "", NOW);
		return [];
	} catch (thrown) {
		if (thrown instanceof UserError) return thrown.problems.map(({ message }) => message);
		throw thrown;
	}
}

describe("the inputs", () => {
	it("are read all together", () => {
		const given = {
			hook: " tell ",
			since: "24h",
			until: "2026-04-01T12:00:00Z",
			results: "a.json\n\n b \n",
			all: "true",
		};
		const read = (name: string) => ({ ...given, store: "git", config: "own.toml" })[name] ?? "";
		expect(redeliverInputs(read, NOW)).toMatchObject({
			config: "own.toml",
			store: { kind: "git" },
			redeliver: { all: true, hook: "tell", since: NOW - 86_400_000, results: ["a.json", "b"] },
		});
	});

	it.each([
		[{ id: "dlv_1", hook: "tell" }, "id: names one message, so nothing else can narrow or widen it"],
		[{ id: "dlv_1", all: "true" }, "id: names one message, so nothing else can narrow or widen it"],
		[{ id: "dlv_1", since: "1h" }, "id: names one message, so nothing else can narrow or widen it"],
		[{ since: "yesterday" }, 'since: "yesterday" is not a time'],
		[{ since: "2h", until: "3h" }, "until: is not after since, so no time is between them"],
		[{ since: "2h", until: "2h" }, "until: is not after since, so no time is between them"],
		[{ store: "mysql" }, 'store: "mysql" is not a store'],
	])("%j is refused", (given, problem) => {
		expect(problemsOf(given)).toEqual([problem]);
	});
});
