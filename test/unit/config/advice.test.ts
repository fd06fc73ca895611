// What a config says that is valid, and hardly meant: each finding at its place, and nothing where nothing is odd.
import { globSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { allPresets } from "../../../src/config/options.ts";
import { TABLES } from "../../../src/config/schema.ts";
import type { OptionSpec, Preset } from "../../../src/model/preset.ts";
import { onlyWarning, parse, problemsOf, told, warned } from "../../helpers/parse.ts";

/** A webhook with these lines after its URL. */
const hook = (...lines: readonly string[]) => ["[hook.webhooks.pipeline_error]", 'url = "${U}"', ...lines].join("\n");

/** What a preset must have, each from a variable. */
const needs = ({ name, options }: Preset) => [
	`preset = "${name}"`,
	...Object.entries(options).flatMap(([key, { required }]) => (required ? [`${key} = "\${X}"`] : [])),
];

function written({ kind, choices: [choice = ""] = [] }: OptionSpec): string {
	switch (kind) {
		case "boolean":
			return "true";
		case "table":
			return '{ a = "https://x.example" }';
		case "choice":
			return `"${choice}"`;
		default:
			return '"${X}"';
	}
}

describe("a warning", () => {
	it("has a place, a frame without secrets, what is odd and what to do", () => {
		const source = hook('preset = "pagerduty"', 'routing_key = "R0123456789ABCDEF0123456789ABCDE"');
		expect(onlyWarning(source)).toEqual({
			code: "literal_secret",
			message: "routing_key is a credential, which everyone who reads this file can use",
			remedy: "write ${ROUTING_KEY} in its place, and set that in the step's env from a secret of the repository",
			place: { file: "hooks.toml", line: 4, column: 1 },
			frame: '  3 | preset = "pagerduty"\n> 4 | routing_key = •••\n    | ^',
		});
	});

	it("about a default that several hooks use is told once, where the default is", () => {
		const source = `[defaults]\ntimeout_ms = 5\n[defaults.webhook]\nsecret = "x"\n${hook()}\n[[hook.ping]]\ncommand = "x"`;
		expect(warned(source)).toEqual([
			"2:1 short_time: defaults.timeout_ms is 5 milliseconds",
			"4:1 literal_secret: defaults.webhook.secret is a credential, which everyone who reads this file can use",
		]);
	});

	it("is one of a hundred, and the others are counted", () => {
		const many = Array.from({ length: 130 }, (_, at) => `[[hook.ping]]\nname = "${at}"\ncommand = "x"\ntimeout_ms = 9`);
		const { warnings } = parse(many.join("\n"));
		expect(warnings).toHaveLength(101);
		expect(warnings.at(-1)?.message).toBe("30 more warnings in hooks.toml");
	});

	it("is not given about a config that uses what there is", () => {
		for (const preset of allPresets()) {
			const options = Object.entries(preset.options).filter(([key, { required }]) => !required && key !== "mention");
			const lines = options.map(([key, option]) => `${key} = ${written(option)}`);
			expect(warned(hook(...needs(preset), ...lines))).toEqual([]);
		}
	});
});

it("is not given about any config of the documentation", () => {
	let read = 0;
	for (const page of globSync(["README.md", "docs/**/*.md"])) {
		for (const [, source = ""] of readFileSync(page, "utf8").matchAll(/^```toml\n(.*?)^```/gms)) {
			const dialect = problemsOf(source).length === 0 ? "native" : "rocky";
			expect(warned(source, dialect), page).toEqual([]);
			read++;
		}
	}
	expect(read).toBeGreaterThan(40);
});

describe("times", () => {
	const times = (["shell", "webhook"] as const).flatMap((kind) =>
		[...TABLES[kind].keys()].filter((key) => key.endsWith("_ms")).map((key) => [kind, key] as const),
	);

	test.each(times)("of %s hooks: %s below 100 may be meant in seconds", (kind, key) => {
		const of = (number: number) =>
			kind === "webhook" ? hook(`${key} = ${number}`) : `[hook.ping]\ncommand = "x"\n${key} = ${number}`;
		expect(onlyWarning(of(30))).toMatchObject({
			code: "short_time",
			message: `${key} is 30 milliseconds`,
			remedy: `for 30 seconds write ${key} = 30000`,
			place: { line: 3, column: 1 },
		});
		expect(warned(of(99))).toHaveLength(1);
		expect(warned(of(100))).toEqual([]);
	});
});

describe("an option that a message of one's own leaves out", () => {
	const options = allPresets().flatMap((preset) =>
		Object.entries(preset.options).map(([key, option]) => [preset.name, key, preset, option] as const),
	);

	test.each(options)("%s: %s", (_, key, preset, option) => {
		const lines = needs(preset).filter((line) => !line.startsWith(`${key} =`) && !line.includes('"${X}"'));
		const source = (...more: readonly string[]) => hook(...lines, `${key} = ${written(option)}`, ...more);
		const unused = (text: string) => warned(text).filter((line) => line.includes("unused_option"));
		const isUnused = option.inRequest !== true;
		const at = `${3 + lines.length}:1 unused_option: ${key} is not used: `;
		expect(unused(source("body_template = '{}'"))).toEqual(
			isUnused ? [`${at}body_template replaces the message that would have it`] : [],
		);
		const required = needs(preset).filter((line) => !lines.includes(line) && !line.startsWith(`${key} =`));
		expect(unused(source('method = "GET"', ...required)).slice(0, 1)).toEqual(
			isUnused ? [`${at}a GET has no body`] : unused(source('method = "GET"', ...required)).slice(0, 1),
		);
	});

	it("may be a default, which suits other hooks", () => {
		const defaults = '[defaults]\nmention = "here"\n';
		expect(warned(`${defaults}${hook('preset = "slack"', "body_template = '{}'")}`)).toEqual([]);
	});

	it("is told where the template is the default", () => {
		const source = `[defaults]\nbody_template = '{}'\n${hook('preset = "slack"', 'mention = "here"')}`;
		expect(warned(source)).toEqual([
			"6:1 unused_option: mention is not used: body_template replaces the message that would have it",
		]);
	});
});

describe("a mention", () => {
	const presets = allPresets().filter(({ mention }) => mention !== undefined);

	it("is known to the presets that have the option", () => {
		const having = allPresets().filter(({ options }) => options["mention"] !== undefined);
		expect(having.map(({ name }) => name)).toEqual(presets.map(({ name }) => name));
	});

	test.each(presets.map((preset) => [preset.name, preset] as const))("in %s that names nobody", (_, preset) => {
		const source = (mention: string) => hook(...needs(preset), `mention = ${mention}`);
		const { code, message, remedy, place } = onlyWarning(source('["${WHO}", "{{metadata.who}}", "Jane Doe"]'));
		expect({ code, message, place }).toEqual({
			code: "unknown_mention",
			message: `mention has "Jane Doe", which mentions nobody in ${preset.title}`,
			place: {
				file: "hooks.toml",
				line: 3 + needs(preset).length,
				column: 12 + '"${WHO}", "{{metadata.who}}", '.length,
			},
		});
		expect(preset.options["mention"]?.summary).toBe(`Who is mentioned: ${remedy.replace("it takes ", "")}`);
	});

	test.each([
		["slack", ["here", "@channel", "<!everyone>", "U012AB3CD", "<@U012AB3CD>", "S012AB3CD", "<!subteam^S012AB3CD>"]],
		["teams", ["jane@example.com", "<at>jane@example.com</at>"]],
		["discord", ["everyone", "@here", "123456789012345678", "<@123456789012345678>", "&123456789012345678"]],
		["google_chat", ["all", "users/123", "<users/all>", "jane@example.com"]],
		["mattermost", ["channel", "@jane.doe"]],
	])("in %s may be written as the service writes it, or as we do", (name, all) => {
		expect(warned(hook(`preset = "${name}"`, `mention = ${JSON.stringify(all)}`))).toEqual([]);
	});

	test.each([
		["slack", ["@jane", "<@jane>", "#general", "jane@example.com"]],
		["teams", ["@jane", "here", "U012AB3CD"]],
		["discord", ["@jane", "<@jane>", "channel"]],
		["google_chat", ["@jane", "here", "<!here>"]],
		["mattermost", ["<@U012AB3CD>", "<!here>"]],
	])("in %s that another service knows is told", (name, all) => {
		expect(warned(hook(`preset = "${name}"`, `mention = ${JSON.stringify(all)}`))).toHaveLength(all.length);
	});
});

describe("looks", () => {
	const slack = (line: string) => warned(hook('preset = "slack"', line));

	test.each(["purple", "#12345", "#ggg", "failed"])("the colour %s is none", (color) => {
		expect(slack(`color = "${color}"`)).toEqual(["4:1 unusable_value: color is not a colour"]);
	});

	it("names in Teams the only colours that a card has", () => {
		const teams = (color: string) => told(hook('preset = "teams"', `color = "${color}"`));
		expect(teams("warning")).toEqual([]);
		const remedy = "write one of started, success, failure, cancelled, info, warning";
		expect(teams("#b00020")).toMatchObject([{ message: "color is not one that Microsoft Teams has", remedy }]);
		expect(teams("red")).toMatchObject([{ message: "color is not a colour", remedy }]);
	});

	test.each(["#fff", "#A1B2C3", "failure", "Success", "{{metadata.color}}", "${COLOR}"])(
		"the colour %s is one",
		(color) => {
			expect(slack(`color = "${color}"`)).toEqual([]);
		},
	);

	test.each(["http://wiki.example.com", "wiki.example.com/x", "javascript:alert(1)"])(
		"the link %s is left out",
		(link) => {
			expect(slack(`links = { Wiki = "https://w.example", Runbook = "${link}" }`)).toEqual([
				expect.stringMatching(
					/^4:\d+ unusable_value: links\.Runbook is not an https:\/\/ address, so the link is left out$/,
				),
			]);
			expect(slack(`links = { Runbook = "${link}{{table}}" }`)).toEqual([]);
		},
	);
});

describe("the name of a field or a link", () => {
	it.each([
		['fields = { "{{table}}" = "{{metadata.rows}}" }', 'fields."{{table}}"'],
		['links = { "Run ${ID}" = "https://w.example" }', 'links."Run ${ID}"'],
	])("is shown as it is: %s", (line, label) => {
		const found = told(hook('preset = "slack"', line));
		expect(found).toMatchObject([
			{
				code: "unusable_value",
				message: `${label} has a name with a tag or a variable in it, which is shown as it is`,
			},
		]);
		expect(found[0]?.place).toMatchObject({ line: 4, column: line.indexOf('"') + 1 });
	});

	it("may be anything else", () => {
		expect(warned(hook('preset = "slack"', 'fields = { "Rows {of} $" = "1" }'))).toEqual([]);
		expect(warned(hook('preset = "pagerduty"', 'routing_key = "${K}"\ncustom_details = { "{{x}}" = "1" }'))).toEqual(
			[],
		);
	});
});

describe("what a preset needs", () => {
	it("may be missing in a rocky.toml, where it is told", () => {
		for (const preset of allPresets()) {
			const source = `[hook.webhooks.on_pipeline_error]\nurl = "\${U}"\npreset = "${preset.name}"`;
			const required = Object.entries(preset.options).filter(([, option]) => option.required === true);
			expect(warned(source, "rocky")).toEqual(
				required.map(([key]) => `1:1 missing_option: preset ${preset.name} has no ${key}`),
			);
			const body = `${source}\nbody_template = '{}'`;
			const left = required.filter(([, option]) => option.inRequest === true);
			expect(warned(body, "rocky")).toHaveLength(left.length);
		}
	});

	it("is empty if its variable is, when it says so", () => {
		const of = (value: string) => warned(hook('preset = "pagerduty"', `routing_key = "${value}"`));
		expect(of("${KEY:-}")).toEqual(["4:1 missing_option: routing_key is empty if its variable is"]);
		expect(of("${KEY:-} ")).toEqual(["4:1 missing_option: routing_key is empty if its variable is"]);
		for (const value of ["${KEY}", "${A:-}${B}"]) expect(of(value)).toEqual([]);
	});
});
