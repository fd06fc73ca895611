// Credentials inside of texts that code frames show: hidden to the end of their line, wherever they are written.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { credentialsIn } from "../../../src/config/credentials.ts";
import { SECRET } from "../../helpers/config-statements.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { told } from "../../helpers/parse.ts";

/** The text as a frame shows it. */
function shown(text: string): string {
	let [left, done] = ["", 0];
	for (const { start, end } of credentialsIn(text).toSorted((one, other) => one.start - other.start)) {
		if (start >= done) left += `${text.slice(done, start)}•••`;
		done = Math.max(done, end);
	}
	return left + text.slice(done);
}

test.each([
	['{"password": "hunter2", "n": 1}', '{"password": "•••'],
	['{"password": "two words"}', '{"password": "•••'],
	['{\\"password\\": \\"hunter2\\"}', '{\\"password\\": \\"•••'],
	['{"tokens": ["a1", "b2"]}', '{"tokens": ["•••'],
	['"Authorization": "Bearer abc"', '"Authorization": "Bearer •••'],
	['"Authorization": "Bearer {{metadata.a}}x"', '"Authorization": "Bearer •••'],
	['"Authorization": "token hunter2"', '"Authorization": "•••'],
	['"x": "Bearer abc"', '"x": "Bearer •••'],
	['"x": "Basic bWU6cHc="', '"x": "Basic •••'],
	["see https://a.example/?a=b&sig=abc&c=d", "see https://a.example/?a=b&sig=•••"],
	['"text": "api_key=abc"', '"text": "api_key=•••'],
	["mysql --password hunter2", "mysql --password •••"],
	[`"token": "\${TOKEN:-hunter2}"`, '"token": "•••'],
	[`"x": "${SECRET}", "n": 1`, '"x": "•••", "n": 1'],
	['"password": "a\\\n  b"\n"n": 1', '"password": "•••\n"n": 1'],
	["curl -H 'Authorization: Bearer \\\nabc'\nls", "curl -H 'Authorization: Bearer \\\n•••\nls"],
	['"token":\n"hunter2",\n"n": 1', '"token":\n"•••\n"n": 1'],
])("%j is shown as %j", (text, wanted) => {
	expect(shown(text)).toBe(wanted);
});

test.each([
	'{"text": "{{pipeline}} failed on {{ci.branch}}", "color": "#36a64f"}',
	`{"token": "\${TOKEN}", "Authorization": "Bearer \${TOKEN}"}`,
	'{"token": "{{ metadata.token }}", "auth": {"user": "{{#if a}}x{{/if}}"}}',
	'{"auth": true, "secret": null, "password": "none", "key": ""}',
	"Basic checks of the tokens failed: see the runbook_of_the_data_team",
	"<https://wiki.example/runbooks/orders|Runbook>",
])("%j is shown whole", (text) => {
	expect(credentialsIn(text)).toEqual([]);
});

it.each([
	"a=",
	"token=",
	"Bearer ",
	"bearer\n",
	"a ",
	"-",
	"--a ",
	"{{",
	"token={{",
	"\\\n",
	"token=a\n",
	'"',
	"a1b2c3d4e5f6g7h8i9",
])("takes linear time for many %j", (unit) => {
	withinCpuTime(1500, () => {
		credentialsIn(unit.repeat(200_000 / unit.length));
	});
});

describe("the frame of a warning", () => {
	const frames = (body: string) =>
		told(`[[hook.webhooks.ping]]\nurl = "\${U}"\nbody_template = ${body}\n`).map(({ frame = "" }) => frame);

	it("shows no credential of the lines beside it", () => {
		const body = `'''\n{"Authorization": "Bearer abc123",\n"text": "{{piepline}}",\n"password": "hunter2"}'''`;
		expect(frames(body)).toEqual([
			[
				'  4 | {"Authorization": "Bearer •••',
				'> 5 | "text": "{{piepline}}",',
				"    |          ^",
				'  6 | "password": "•••',
			].join("\n"),
		]);
	});

	it("shows none of the line itself, and none whose name is on the line before", () => {
		expect(frames(`'{"password": "hunter2", "text": "{{piepline}}"}'`).join()).toContain(`'{"password": "•••\n`);
		const split = `'''\n{"text": "{{piepline}}",\n"password":\n"hunter2", "a": "{{evnt}}"}'''`;
		expect(frames(split)).toHaveLength(2);
		expect(frames(split).join()).not.toContain("hunter2");
	});

	it("hides it however it is written", () => {
		const name = fc.constantFrom("password", "api_key", "X-Auth-Token", "client_secret", "Authorization", "--token");
		const sign = fc.constantFrom('": "', '":"', "=", " = ", ": ", '": ["', '":\n"', "': 'Bearer ");
		fc.assert(
			fc.property(name, sign, fc.stringMatching(/^[a-z]\w{0,12}$/), (key, between, secret) => {
				fc.pre(!/^(?:true|false|null|none)$/.test(secret));
				const written = `0${secret}0`;
				const body = `'''\n{"a": "{{piepline}}", "${key}${between.replace("'''", "")}${written}",\n"b": "{{evnt}}"}'''`;
				expect(frames(body).join("")).not.toContain(written);
			}),
			{ numRuns: 100 },
		);
	});
});
