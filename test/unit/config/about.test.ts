// What people know a hook by: how each key is read, what `[defaults]` may say of it, and the link to the runbook.
import { describe, expect, it } from "vitest";
import { jsonSchema } from "../../../src/config/json-schema.ts";
import { mistakes, onlyProblem, parse, shell, warned, webhook } from "../../helpers/parse.ts";

const SHELL = '[[hook.pipeline_start]]\ncommand = "x"\n';
const WEBHOOK = '[[hook.webhooks.pipeline_error]]\nurl = "https://e.x/"\n';

describe("what a hook is known by", () => {
	it("is read as it is written, dates and numbers that JSON does not have as texts", () => {
		const { about, name } = shell(`${SHELL}display_name = " Freeze "
description = """
Holds deploys back.
Ask before you change it."""
owner = "jane"
team = "data"
domain = "Sales"
tags = ["tier1", " nightly ", "tier1", ""]
runbook = " https://wiki.example.com/freeze?x=1 "
`);
		expect(name).toBe("pipeline_start-shell-1");
		expect(about).toEqual({
			displayName: "Freeze",
			description: "Holds deploys back.\nAsk before you change it.",
			owner: "jane",
			team: "data",
			domain: "Sales",
			tags: ["tier1", "nightly"],
			runbook: "https://wiki.example.com/freeze?x=1",
			custom: undefined,
		});
	});

	it("may be any table of TOML's", () => {
		const { about } = webhook(`${WEBHOOK}[hook.webhooks.pipeline_error.custom]
since = 2026-01-02
at = 2026-01-02T03:04:05Z
local = 03:04:05
rows = 9007199254740993
share = 0.5
most = inf
deep = [{ a = [true, "\${X} {{y}}"] }]
`);
		expect(JSON.parse(JSON.stringify(about.custom, (_, item) => (item instanceof Date ? "a date" : item)))).toEqual({
			since: "2026-01-02",
			at: "2026-01-02T03:04:05.000Z",
			local: "03:04:05.000",
			rows: expect.anything(),
			share: 0.5,
			most: "Infinity",
			deep: [{ a: [true, "${X} {{y}}"] }],
		});
		expect(JSON.stringify(about.custom)).toMatch(/"rows":"?9007199254740993"?,/);
	});

	it("is of the defaults where the hook is silent, but for what is each hook's own", () => {
		const { hooks } = parse(`[defaults]\nowner = "jane"\nteam = "data"\nrunbook = "https://a.x/"
[defaults.webhook]\nteam = "platform"\n${SHELL}${WEBHOOK}owner = "joe"`);
		expect(hooks.map(({ about: { owner, team, runbook } }) => [owner, team, runbook])).toEqual([
			["jane", "data", "https://a.x/"],
			["joe", "platform", "https://a.x/"],
		]);
		expect(mistakes(`[defaults]\ndisplay_name = "x"\n${SHELL}`)).toEqual(["2:1 display_name cannot have a default"]);
	});

	it.each([
		["owner = 1", "owner must be a string, not an integer"],
		["owner = ['a']", "owner must be a string, not an array"],
		['team = "a\\nb"', "team has a line break or control character in it"],
		['domain = " "', "domain is empty"],
		["tags = [1]", "tags must contain only strings"],
		["tags = { a = 1 }", "tags must be a string or an array of strings, not a table"],
		['runbook = "http://wiki.example.com/"', "runbook is not an https:// address"],
		['runbook = "wiki"', "runbook is not an https:// address"],
		['runbook = "https://wiki.example.com/{{table}}"', "runbook is not an https:// address"],
		['runbook = "https://${HOST}/x"', "runbook is not an https:// address"],
		['custom = "x"', "custom must be a table, not a string"],
	])("is refused as %s", (line, message) => {
		expect(onlyProblem(SHELL + line).message).toBe(message);
		expect(onlyProblem(WEBHOOK + line).message).toBe(message);
	});

	it("has no credential in it unseen", () => {
		expect(warned(`${SHELL}custom = { token = "Qz7Kp2Xw9Rt4Lm8NvB3cJ5hF6dG" }`)).toEqual([
			"3:12 literal_secret: custom.token is a credential, which everyone who reads this file can use",
		]);
	});
});

describe("the tags of a hook", () => {
	it("go to Datadog as they always did, with those of the defaults, and label the hook", () => {
		const hook = webhook(`[defaults]\ntags = ["team:data"]\n[[hook.webhooks.pipeline_error]]
preset = "datadog"\napi_key = "\${KEY}"\ntags = ["b", "b", ""]`);
		expect([hook.options["tags"], hook.about.tags]).toEqual([["b", "b", ""], ["b"]]);
		expect(webhook(`${WEBHOOK}preset = "slack"\ntags = "b"`)).toMatchObject({ options: {}, about: { tags: ["b"] } });
	});

	it("are in the schema of a hook of any preset", () => {
		const foreign = JSON.stringify(jsonSchema()).matchAll(/"not":\{"enum":\[([^\]]*)\]/g);
		for (const [, names = ""] of foreign) expect(names).not.toContain('"tags"');
	});
});

describe("the runbook", () => {
	const slack = `${WEBHOOK}preset = "slack"\nrunbook = "https://wiki.example.com/slack"\n`;

	it("is a link of messages that have links", () => {
		expect(webhook(slack).options).toEqual({ links: { Runbook: "https://wiki.example.com/slack" } });
		expect(webhook(`${slack}links = { Board = "https://b.x/" }`).options["links"]).toEqual({
			Board: "https://b.x/",
			Runbook: "https://wiki.example.com/slack",
		});
		expect(webhook(slack.replace("slack", "generic")).options).toEqual({});
	});

	it("gives way to a link of that name", () => {
		const own = { runbook: "https://wiki.example.com/{{table}}" };
		expect(webhook(`${slack}links = { runbook = "${own.runbook}" }`).options["links"]).toEqual(own);
	});
});
