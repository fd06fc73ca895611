// The names of variables for secrets: telling, unique, and none that GitHub keeps for itself.
import { describe, expect, it } from "vitest";
import { Variables } from "../../../../src/commands/import/variables.ts";

describe("a name says whose secret it is", () => {
	it.each([
		["SlackTableNotifications", "URL", "SLACK_TABLE_NOTIFICATIONS_URL"],
		["MSTeamsAlerts", "URL", "MS_TEAMS_ALERTS_URL"],
		["on-call (nights)", "secret", "ON_CALL_NIGHTS_SECRET"],
		["Datenqualität", "token", "DATENQUALITAT_TOKEN"],
		["slack url", "URL", "SLACK_URL"],
		["東京", "URL", "HOOK_URL"],
		["2nd floor", "URL", "HOOK_2ND_FLOOR_URL"],
		["github sync", "token", "HOOK_GITHUB_SYNC_TOKEN"],
		["x".repeat(200), "URL", `${"X".repeat(60)}_URL`],
	])("%s, %s", (hook, what, expected) => {
		expect(new Variables("").hide("a secret", hook, what, "there")).toBe(`\${${expected}}`);
	});
});

it("gives the same secret the same variable, and another secret another one", () => {
	const variables = new Variables("${B_URL} is taken, and $${C_URL} is none");
	expect(variables.hide("one", "a", "URL", "a.url")).toBe("${A_URL}");
	expect(variables.hide("two", "a", "URL", "other")).toBe("${A_URL_2}");
	expect(variables.hide("one", "b", "URL", "b.url")).toBe("${A_URL}");
	expect(variables.hide("three", "b", "URL", "b.url")).toBe("${B_URL_2}");
	expect(variables.hide("four", "c", "URL", "c.url")).toBe("${C_URL}");
	expect(variables.ask("a", "routing_key", "for a")).toBe("${A_ROUTING_KEY}");
	expect(variables.keep({ name: "TOKEN", fallback: undefined }, "headers")).toBe("${TOKEN}");
	expect(variables.keep({ name: "X", fallback: "y" }, "headers")).toBe("${X:-y}");
	expect(variables.secrets).toEqual([
		{ name: "A_URL", from: "a.url" },
		{ name: "A_URL_2", from: "other" },
		{ name: "B_URL_2", from: "b.url" },
		{ name: "C_URL", from: "c.url" },
		{ name: "A_ROUTING_KEY", from: "for a" },
		{ name: "TOKEN", from: "headers" },
	]);
	expect(variables.values).toEqual(["one", "two", "three", "four"]);
});
