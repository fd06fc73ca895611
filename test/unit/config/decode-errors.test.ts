// Many errors in one file: all told at once, each at its own key, with no secret beside it in any frame.
import { describe, expect, it } from "vitest";
import { mistakes, parse, problemsOf } from "../../helpers/parse.ts";

const EIGHT = String.raw`# The decoys below are text, not keys.
[[hook.webhooks.pipeline_error]]
url = "https://chat.example.com/T000/S3CRETPATH"
body_template = """
{"text": "
url = 1
[[hook.nonsense]]
\u0022quoted\u0022"}
"""
secret = "S3CRETKEY"
retry_count = -1

[hook.webhooks]
"job.failed" = [
	{ url = "https://example.com/S3CRETURL", headers = { Authorization = "Bearer S3CRETTOKEN", "X Bad" = "S3CRETVALUE" } },
	{ secret = "S3CRETKEY2", preset = "slak", url = "https://example.com/" },
]

[hook]
pipeline_start.command = "x"
pipeline_start."on_failure" = "abrot"
'generation'.completed = { command = 'true', env = { API_TOKEN = "S3CRETENV", B = 1 } }

[[hook."pipeline_strat"]]
command = "x"

[[hook.webhooks."on_model_error"]]
preset = "pagerduty"
"rooting_key" = "S3CRETROUTING"
`;

describe("a file with eight errors", () => {
	const problems = problemsOf(EIGHT);

	it("tells all eight, in the order of the file, each at its own key", () => {
		expect(mistakes(EIGHT)).toEqual([
			"11:1 retry_count must be an integer from 0 to 2147483647",
			"15:93 headers has an invalid header name",
			expect.stringMatching(/^16:27 preset is "slak", which is not one of /),
			'21:16 on_failure is "abrot", which is not one of abort, warn, ignore',
			"22:79 env.B must be a string, not an integer",
			'24:1 unknown event "pipeline_strat"',
			"27:1 preset pagerduty needs routing_key",
			'29:1 unknown key "rooting_key"',
		]);
	});

	it("says what to do about each, and what was probably meant", () => {
		expect(problems.map((problem) => problem.remedy)).not.toContain("");
		expect(problems.map((problem) => problem.remedy)).toEqual(
			expect.arrayContaining([
				'did you mean "slack"?',
				'did you mean "abort"?',
				'did you mean "pipeline_start"?',
				'did you mean "routing_key"?',
			]),
		);
	});

	it("shows the line of each, and no secret that stands beside it", () => {
		for (const { frame, place } of problems) expect(frame).toContain(`> ${place?.line} |`);
		expect(JSON.stringify(problems)).not.toContain("S3CRET");
	});
});

describe("a secret in the wrong place", () => {
	const URL = "https://bot:S3CRET@hooks.example.com/services/S3CRET?x=S3CRET";
	const KEY = "whsec_S3CRETS3CRETS3CRETS3CRETS3CR=";
	const hook = (line: string) => `[[hook.webhooks.ping]]\nname = "a"\nurl = "\${U}"\n${line}\n`;

	it.each([
		["fallback", hook(`fallback = "${URL}"`)],
		["then", hook(`then = ["a b", "${URL}", "${KEY}"]`)],
		["preset", hook(`preset = "${URL}"`)],
		["method", hook(`method = "${KEY}"`)],
		["on_failure", hook(`on_failure = "${URL}"`)],
		["signature", hook(`signature = ["${KEY}", "${URL}"]\nsecret = "x"`)],
		["signature_header", hook(`signature_header = "${KEY} x"\nsecret = "x"`)],
		["a name given twice", hook("").replace('"a"', `"${URL}"`).repeat(2)],
		["events", `[[subscription]]\nevents = ["${URL}", "${KEY}, ${URL}"]\nurl = "\${U}"`],
		["a header", `[[hook."${URL}"]]\ncommand = "x"\nevents = []`],
		["a header written twice", `["${URL}"]\n["${URL}"]`],
		["a key", hook(`"${URL}" = 1 # ${KEY}\n"${KEY}" = "${URL}"`)],
		["a filter", hook(`filter = { include = ["status:${URL}", "x:${KEY}"], exclude = ["x:*"] }`)],
		["a phase", `[event.a]\nphase = "${URL}"\n[[hook."phase:b"]]\ncommand = "x"`],
	])("is not shown: %s", (_, source) => {
		const problems = problemsOf(source);
		expect(problems.length).toBeGreaterThan(0);
		for (const { message, remedy, frame } of problems)
			expect([message, remedy, frame].join("\n")).not.toContain("S3CRET");
	});

	it("leaves what tells where it stands", () => {
		expect(mistakes(hook(`fallback = "${URL}"`))).toEqual([
			'4:1 fallback names "https://•••", and no hook has that name',
		]);
		expect(problemsOf(hook(`signature = "${KEY}"\nsecret = "x"`))[0]?.frame).toContain('> 4 | signature = "whsec_•••"');
	});
});

describe("an error in a template", () => {
	const at = (template: string) =>
		mistakes(`[hook.webhooks.ping]\nurl = "https://example.com/"\nbody_template = ${template}\n`)[0]?.split(" ")[0];

	it.each([
		['"{{#if a}}"', "3:18"],
		["'{{#if a}}'", "3:18"],
		['"""{{#if a}}"""', "3:20"],
		['"""\n  {{#if a}}"""', "4:3"],
		["'''\r\n\\n{{#if a}}'''", "4:3"],
		['"\\n\\u0041\\U0001F600\\t{{#if a}}"', "3:38"],
		['"""\\\n\n   {{#if a}}"""', "5:4"],
		['"""a\r\n\r\nb{{#if a}}"""', "5:2"],
		[`"\${A:-b}$\${ {{#if a}}"`, "3:29"],
	])("is placed inside the string: %j", (template, place) => {
		expect(at(template)).toBe(place);
	});
});

describe("a name that objects inherit", () => {
	it.each([
		["[__proto__]", '1:1 unknown key "__proto__"'],
		["[hook.__proto__]\na = 1", '1:1 unknown event "__proto__"'],
		['[hook.ping]\ncommand = "x"\n"\\u005f_proto__" = 1', '3:1 unknown key "__proto__"'],
		["[event.__proto__]\nphase = 'a'", '1:1 "__proto__" cannot be an event\'s name'],
		['[hook.ping]\ncommand = "x"\nconstructor = 1', '3:1 unknown key "constructor"'],
	])("is an unknown one: %j", (source, mistake) => {
		expect(mistakes(source)).toContain(mistake);
		expect({}.toString).toBe(Object.prototype.toString);
	});

	it("leaves no trace in what is made of other keys", () => {
		const { hooks } = parse('[hook.ping]\ncommand = "x"\nenv = { constructor = "a", toString = "b" }');
		expect(hooks).toHaveLength(1);
		expect(hooks[0]?.kind === "shell" && [...hooks[0].env.keys()]).toEqual(["constructor", "toString"]);
	});
});

describe("a duplicate name", () => {
	it("is told at the second, naming the first's line", () => {
		const source =
			'[[hook.ping]]\nname = "a"\ncommand = "x"\n[[hook.webhooks.ping]]\nname = " a "\nurl = "https://e.x/"';
		expect(mistakes(source)).toEqual(['5:1 name "a" is already used by the hook on line 2']);
	});
});
