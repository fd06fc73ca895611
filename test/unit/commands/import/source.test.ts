// What is imported: bad input is told with its place, and what cannot be carried over is said.
import { execFileSync } from "node:child_process";
import { describe, expect, it, test } from "vitest";
import { advise } from "../../../../src/config/advice.ts";
import { parseConfig } from "../../../../src/config/load.ts";
import { formatPlace, UserError } from "../../../../src/model/problem.ts";
import { importedText } from "../../../helpers/moved.ts";
import { USE_CASES } from "../../../helpers/openmetadata-webhooks.ts";

const useCase = (name: string) => USE_CASES.find((one) => one.name === name) ?? {};

/** What is wrong with a text, one line each. */
function problemsOf(text: string): string {
	try {
		importedText(text);
		return "";
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		const lines = error.problems.map(({ place, message, remedy }) => {
			return `${place === undefined ? "" : `${formatPlace(place)}: `}${message} → ${remedy}`;
		});
		return lines.join("\n");
	}
}

describe("bad input is told with its place", () => {
	it.each<[string, string, readonly string[]]>([
		["text that is neither", "hello", ["w.json:1:"]],
		["JSON that ends", '{"name": "a"', ["w.json:1:13: w.json ends too early"]],
		["nothing", "", ["w.json is empty"]],
		["an empty list", "[]", ["has no webhooks in it"]],
		["something else", '{"a": 1}', ["w.json:1:1: the JSON is not a webhook that can be read"]],
		["an alert", '{"name": "a", "destinations": []}', ["is an alert with destinations"]],
		[
			"a webhook with nothing in it",
			'[{"webhookType": "Slak"}]',
			[
				"[0] has no name",
				'[0].webhookType is "Slak"',
				'did you mean "Slack"?',
				"[0] has no webhookConfig",
				"[0] has no eventFilters",
			],
		],
		[
			"two of one name",
			JSON.stringify([useCase("MSTeamsAlerts"), useCase("MSTeamsAlerts")]),
			["[1].name is another webhook's name too"],
		],
		[
			"a name with a credential",
			JSON.stringify([{ ...useCase("MSTeamsAlerts"), name: "ghp_abcdefghijklmnopqrstuvwxyz0123456789" }]),
			["[0].name has a credential in it"],
		],
		[
			"two whose names differ in white space",
			JSON.stringify([useCase("MSTeamsAlerts"), { ...useCase("MSTeamsAlerts"), name: " MSTeamsAlerts " }]),
			["[1].name is another webhook's name too"],
		],
		["null", "null", ["w.json:1:1: the JSON must be an object"]],
		["a text", '"x"', ["w.json:1:1: the JSON must be an object"]],
		["a list of numbers", "[[1]]", ["w.json:1:2: [0] must be an object"]],
		["JSON that is too deep", "[".repeat(1001), ["w.json is nested deeper than 500 levels → no webhook"]],
		["curl without a body", "curl https://h.example.com", ["a curl command without a JSON body"]],
		["curl with a file", "curl -d @body.json https://h.example.com", ["whose body is in another file → import that"]],
		[
			"curl with events that are none",
			'# add it\ncurl -d \'\n{"url": "x",\n "events": "x"}\'',
			["w.json:4:12: events must"],
		],
		[
			"an address that is none",
			JSON.stringify({ ...useCase("CustomAppIntegration"), webhookConfig: { endpoint: "ftp://host/a" } }),
			["CustomAppIntegration cannot be carried over: url has the scheme ftp"],
		],
		[
			"a filter that means nothing here",
			JSON.stringify({
				...useCase("CustomAppIntegration"),
				eventFilters: [{ eventType: "entityUpdated", exclude: ["all"] }],
			}),
			['CustomAppIntegration cannot be carried over: filter.exclude has "all"'],
		],
		["a rocky.toml without hooks", '[adapter.local]\ntype = "duckdb"\n', ["has no hooks"]],
		["a rocky.toml with an error", "[hook.webhooks.pipeline_error]\n", ["w.json:1:1: url is missing"]],
	])("%s", (_, source, told) => {
		const problems = problemsOf(source);
		for (const text of told) expect(problems).toContain(text);
	});
});

it("tells one problem once", () => {
	expect(problemsOf('{"url": "https://h.example.com/", "events": "x"}')).toBe(
		"w.json:1:45: events must be an array → put it in brackets: [ … ]",
	);
	const filters = JSON.stringify({ ...useCase("MSTeamsAlerts"), eventFilters: "x" });
	expect(problemsOf(filters).split("\n").length).toBe(1);
});

describe("a curl command, however its body is written", () => {
	const json = '{"url": "https://h.example.com/", "events": ["push.completed"], "name": "it\'s"}';
	test.each([
		["in double quotes", `curl -X POST https://api -d ${JSON.stringify(json)}`],
		["in single quotes", `curl https://api --data-raw '${json.replaceAll("'", "'\\''")}' -H 'A: b'`],
		["as a browser copies it", `curl 'https://api' --data-raw $'${json.replaceAll("'", "\\'")}'`],
		["with = and more around it", `# calls it\n\n  $ curl -sS \\\n  --json=${JSON.stringify(json)} | jq .`],
		["right behind -d", `curl -d"${json.replaceAll('"', '\\"')}" https://api; echo`],
	])("%s", (_, text) => {
		const [hook] = importedText(text).config.hooks;
		expect(hook).toMatchObject({ name: "it's", url: { source: "https://h.example.com/" } });
	});
});

it("names DataChonk's webhooks, which have no names", () => {
	const webhook = { url: "https://h.example.com/", events: ["push.completed"] };
	const webhooks = [webhook, { ...webhook, name: "datachonk" }, webhook, { ...webhook, name: " " }];
	const { config } = importedText(JSON.stringify(webhooks));
	expect(config.hooks.map(({ name }) => name)).toEqual(["datachonk-2", "datachonk", "datachonk-3", "datachonk-4"]);
});

it("carries over what DataChonk's webhooks have beside", () => {
	const more = { description: "For the models", headers: { "X-Team": "data", "X-Api-Key": "s3cr3t", TE: "trailers" } };
	const webhook = { url: "https://h.example.com/", events: ["push.completed"], ...more };
	const { toml, findings } = importedText(JSON.stringify(webhook));
	expect(toml.replaceAll(/ +=/g, " =")).toContain('X-Team = "data"\nX-Api-Key = "${DATACHONK_API_KEY}"\n');
	expect(toml).toContain('description = "For the models"');
	expect(findings.notes).toEqual([
		"datachonk: header TE is not carried over: it belongs to the connection, and is not sent",
	]);
});

describe("what cannot be carried over as it is", () => {
	const notesOf = (webhook: object) => importedText(JSON.stringify(webhook)).findings.notes;
	const plain = {
		name: "a",
		webhookType: "Generic",
		batchSize: 1,
		eventFilters: [{ eventType: "entityUpdated" }],
		webhookConfig: { endpoint: "https://example.com/" },
	};

	it("is said, a line each", () => {
		const webhook = {
			...plain,
			id: "1",
			version: 0.1,
			color: "red",
			owners: [
				{ type: "user", name: "ann" },
				{ type: "user", name: "ben" },
			],
			eventFilters: [{ eventType: "entityUpdated", condition: "x" }],
			webhookConfig: {
				endpoint: "http://example.com/",
				headers: { Host: "example.com" },
				queryParams: { a: "b" },
				sendToAdmins: true,
			},
		};
		expect(notesOf(webhook)).toMatchSnapshot();
		const pager = { endpoint: "https://events.pagerduty.com/v2/enqueue", sendToAdmins: true };
		expect(notesOf({ ...plain, webhookConfig: pager })).toContain(
			"a: sendToAdmins is not carried over: these messages go to an account, and to nobody else",
		);
		expect(notesOf({ data: [plain], paging: { after: "x", total: 40 } })).toEqual([
			"this is one page of a list: import the rest too",
		]);
	});

	it.each<[string, object, string]>([
		["an event of the server's is known", { eventFilters: [{ eventType: "entityRestored" }] }, '["entityRestored"]'],
		["another one is declared", { eventFilters: [{ eventType: "entityFrozen" }] }, "[event.entityFrozen]\nphase = "],
		["all events are the phase", { eventFilters: [{ eventType: "all" }] }, '["phase:entity"]'],
		["all entities are a star", { eventFilters: [{ eventType: "all", entities: ["all"] }] }, 'entities = ["*"]'],
		[
			"a key of the entity is read there",
			{ eventFilters: [{ eventType: "all", include: ["cost:1"] }] },
			'"entity.cost:1"',
		],
		["a deleted webhook is disabled", { deleted: true }, "enabled = false"],
		["so is one whose status says so", { status: "disabled" }, "enabled = false"],
		["a batch is OpenMetadata's by default", { batchSize: null }, "batch_size = 10"],
		[
			"a timeout beyond a minute moves the deadline",
			{ webhookConfig: { endpoint: "https://a.example", timeout: 90 } },
			"deadline_ms = 180000",
		],
		["a chat's URL is a secret whatever it looks like", { webhookType: "MSTeams" }, 'url = "${A_URL}"'],
		[
			"a dollar is a dollar",
			{ webhookConfig: { endpoint: "https://a.example", headers: { "X-A": "a ${ b" } } },
			'X-A = "a $${ b"',
		],
		[
			"a variable is one already",
			{ webhookConfig: { endpoint: "https://a.example", headers: { "X-A": "${B}" } } },
			'X-A = "${B}"',
		],
		[
			"a method and a query",
			{
				webhookConfig: {
					endpoint: "https://a.example/x?b=c#d",
					httpMethod: "PUT",
					queryParams: { team: "data", page: 2 },
				},
			},
			'url = "https://a.example/x?b=c&team=data&page=2#d"\nmethod = "PUT"',
		],
		[
			"a query that is a secret",
			{ webhookConfig: { endpoint: "https://a.example", queryParams: { token: "x" } } },
			'url = "${A_URL}"',
		],
		["lists in lists", { extension: { m: [[1, 2], [3]], t: [[]] } }, "m = [[1, 2], [3]]\nt = [[]]"],
		["a team owns it", { owner: { type: "team", name: "Data" } }, 'team = "Data"'],
		["a user owns it", { owner: { id: "1", type: "user", fullyQualifiedName: "ann" } }, 'owner = "ann"'],
	])("%s", (_, more, expected) => {
		const { toml } = importedText(JSON.stringify({ ...plain, ...more }));
		expect(toml.replaceAll(/ +=/g, " =")).toContain(expected);
	});
});

it("keeps the numbers of an extension", () => {
	const numbers = "[1.0, -0, 9007199254740993, 1e5, 1e400, 123456789012345678901234567890]";
	const text = JSON.stringify({ ...useCase("CustomAppIntegration"), extension: { n: 0 } });
	const { toml, findings } = importedText(text.replace('"n":0', `"n":${numbers}`));
	expect(toml).toContain('n            = [1.0, -0, 9007199254740993, 1e5, "1e400", "123456789012345678901234567890"]');
	expect(findings.notes).toContain(
		"CustomAppIntegration: extension.n[4], extension.n[5]: written as a text, since TOML cannot hold the number",
	);
});

it("writes an extension of any size", () => {
	const keys = Object.fromEntries(Array.from({ length: 130_000 }, (_, index) => [`k${index}`, index]));
	const text = JSON.stringify({ ...useCase("CustomAppIntegration"), extension: keys });
	expect(importedText(text).toml).toContain("k129999");
});

it("says what of names, tags and owners is lost", () => {
	const { notes } = importedText(
		JSON.stringify({
			...{ ...useCase("CustomAppIntegration"), status: "disabled", enabled: undefined, batchSize: 1 },
			displayName: "😀".repeat(60),
			owner: { type: "user", name: "ann", email: "ann@example.com" },
			tags: [
				{ tagFQN: "PII", labelType: "Manual", source: "Tag" },
				{ tagFQN: "Tier", source: "Tag" },
			],
			extension: { a: null, b: [1, null] },
		}),
	).findings;
	expect(notes).toEqual(
		[
			"displayName is cut: a name has 100 characters at most",
			"email of owner: not carried over, of each only its name is",
			"labelType, source of tags: not carried over, of each only its name is",
			"extension.a, extension.b[1]: null, not carried over, since TOML does not have it",
		].map((note) => `CustomAppIntegration: ${note}`),
	);
});

describe("secrets", () => {
	const slack = "https://hooks.slack.com/services/T000/B000/s3cr3t";
	const rocky = `[[hook.pipeline_error]]
command = """
curl -d '{}' ${slack} # it's the channel
curl "${slack}1" '${slack}2' \\\\"${slack}3\\\\"
"""

[hook.webhooks.pipeline_complete]
url           = "https://example.com/?token=s3cr3t-query"
secret        = ["s3cr3t-one", "\${TWO}"]
headers       = { X-Api-Key = "s3cr3t-key", X-Team = "data" }
body_template = '{"to": "${slack}4"}'
`;
	const webhooks = [
		...USE_CASES,
		{
			...USE_CASES[2],
			name: "n",
			webhookConfig: { endpoint: slack, headers: { Cookie: "s3cr3t", "X-Key": "s3cr3t2" } },
		},
	];

	it.each([
		["of OpenMetadata's webhooks", JSON.stringify(webhooks)],
		["of Rocky's hooks", rocky],
	])("%s are in variables, so that validate finds none in the file", (_, text) => {
		const { toml, findings } = importedText(text);
		const { warnings } = parseConfig(toml, "pipeline-hooks.toml", "native", advise);
		expect(warnings.filter(({ code }) => code === "literal_secret")).toEqual([]);
		expect(toml).not.toContain("s3cr3t");
		expect(findings.variables.secrets.map(({ from }) => from).join()).not.toContain("s3cr3t");
	});

	it("in a command, the shell inserts them, whatever the quotes around them", () => {
		const { config, findings } = importedText(rocky.replaceAll("curl", "echo"));
		const [hook] = config.hooks;
		const command = hook?.kind === "shell" ? hook.command : "";
		const { values, secrets } = findings.variables;
		const env = Object.fromEntries(secrets.flatMap(({ name }, index) => [[name, values[index] ?? ""]]));
		const said = (text: string, variables: Readonly<Record<string, string>>) =>
			execFileSync("/bin/sh", ["-c", text], { env: variables, encoding: "utf8" });
		const [, original = ""] = /"""\n(.*)"""/s.exec(rocky.replaceAll("curl", "echo").replaceAll("\\\\", "\\")) ?? [];
		expect(command).not.toContain(slack);
		expect(said(command, env)).toBe(said(original, {}));
		expect(said(original, {})).toContain(`${slack}2`);
	});
});
