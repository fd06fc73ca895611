// Secrets that are written in a config: told wherever one can be, and never shown.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { allPresets } from "../../../src/config/options.ts";
import { parse, told } from "../../helpers/parse.ts";

const SECRET = "Qz7Kp2Xw9Rt4Lm8NvB3cJ5hF6dG";

/** Whether a config is warned of, of a secret in this line; nothing of the secret may be shown. */
function isTold(source: string, line: string): boolean {
	const text = source.replace("LINE", () => line);
	const number = text.split(line)[0]?.split("\n").length;
	const found = told(text);
	for (const problem of found) expect(JSON.stringify(problem)).not.toContain(SECRET.slice(0, 8));
	expect(found).toEqual(parse(text).warnings);
	return found.some(({ code, place }) => code === "literal_secret" && place?.line === number);
}

const WEBHOOK = '[[hook.webhooks.ping]]\nurl = "${U}"\nLINE';
const SHELL = '[[hook.ping]]\ncommand = "x"\nLINE';

describe("a key that holds a secret", () => {
	const keys = allPresets().flatMap(({ name, options }) => {
		const needed = Object.entries(options).filter(([, { required }]) => required === true);
		return Object.entries(options).flatMap(([key, { secret }]) => {
			const others = needed.flatMap(([other]) => (other === key ? [] : [`${other} = "\${X}"`]));
			return secret === true ? [{ key, others: [`preset = "${name}"`, ...others].join("\n") }] : [];
		});
	});

	test.each([{ key: "secret", others: "" }, ...keys])(
		"$key is told where it has no variable: $others",
		({ key, others }) => {
			const source = `${WEBHOOK}\n${others}`;
			for (const value of [SECRET, "hunter2", "x", `\${K:-${SECRET}}`, `\${A}\${B:-hunter2}`]) {
				expect(isTold(source, `${key} = "${value}"`), value).toBe(true);
			}
			for (const value of ["${K}", "Bearer ${K}", "${K:-}${L}"]) {
				expect(isTold(source, `${key} = "${value}"`), value).toBe(false);
			}
		},
	);

	it("is told in a list, and in defaults", () => {
		expect(isTold(WEBHOOK, `secret = ["\${NEW}", "${SECRET}"]`)).toBe(true);
		expect(isTold(`[defaults]\nLINE\n${WEBHOOK.replace("LINE", "")}`, `secret = "${SECRET}"`)).toBe(true);
	});
});

test.each([
	[WEBHOOK, `headers = { Authorization = "Bearer ${SECRET}" }`],
	[WEBHOOK, `headers = { X-Api-Key = "${SECRET}" }`],
	[WEBHOOK, 'headers = { Cookie = "session=1" }'],
	[`${WEBHOOK}\npreset = "pagerduty"\nrouting_key = "\${K}"`, `custom_details = { token = "${SECRET}" }`],
	[SHELL, `env = { DB_PASSWORD = "${SECRET}" }`],
	[SHELL, 'env = { DB_PASSWORD = "hunter2" }'],
])("a name that says so: %#", (source, line) => {
	expect(isTold(source, line)).toBe(true);
});

test.each([
	[WEBHOOK, 'headers = { Authorization = "Bearer ${TOKEN}" }'],
	[WEBHOOK, 'headers = { X-Team = "data", X-Auth-Required = "true" }'],
	[SHELL, 'env = { REGION = "eu", SSH_KEY_FILE = "~/.ssh/id", TOKEN = "${TOKEN}", AUTH = "none" }'],
	[SHELL, 'env = { PRIMARY_KEY = "order_id" }'],
])("a name that does not, or a value that is none: %#", (source, line) => {
	expect(isTold(source, line)).toBe(false);
});

describe("a url", () => {
	const URL = "[[hook.webhooks.ping]]\nLINE";

	test.each([
		`https://hooks.slack.com/services/T000/B000/${SECRET}`,
		`https://hooks.slack.com/triggers/T000/1/${SECRET}`,
		`https://discord.com/api/webhooks/1/${SECRET}`,
		`https://acme.webhook.office.com/webhookb2/${SECRET}`,
		`https://prod-1.westeurope.logic.azure.com/workflows/x/triggers/manual/paths/invoke?sig=${SECRET}`,
		`https://chat.googleapis.com/v1/spaces/x/messages?key=${SECRET}&token=x`,
		`https://mattermost.example/hooks/${SECRET}`,
		`https://api.telegram.org/bot1:${SECRET}/sendMessage`,
		`https://me:${SECRET}@example.com/x`,
		`https://${SECRET}@example.com/x`,
		`https://:${SECRET}@example.com/x`,
		`https://example.com/x?api_key=${SECRET}`,
		`\${U:-https://example.com/hooks/${SECRET}}`,
		"https://r.example.com/x?code=AbC123xyzQWERTY9876",
		"https://r.example.com/x?k=q8Zr2TtY61LmP0vXc4Bn",
		"https://r.example.com/x#access_token=abcdefsecret99",
		"https://hooks.zapier.com/hooks/catch/1234567/b3xq9zk/",
		"https://hook.eu1.make.com/b3xq9zk",
		"https://maker.ifttt.com/trigger/failed/with/key/b3xq9zk",
		"https://n8n.example.com/webhook/3f2a7c1e-5d0b-4c8e-9a61-0b7d5f3e2c19",
		`nats://user:${SECRET}@nats.example.com/ci.events`,
		`tls://${SECRET}@nats.example.com/ci.events`,
	])("that is a credential is told: %#", (url) => {
		expect(isTold(URL, `url = "${url}"`)).toBe(true);
	});

	test.each([
		"https://example.com/hooks",
		"https://example.com/api/v2/pipeline-events?team=data&page=2",
		"https://hooks.slack.com/services/${T}/${B}/${S}",
		"https://example.com/projects/3f2a7c1e-5d0b-4c8e-9a61-0b7d5f3e2c19/events",
		"https://example.com/x?since=2024-01-15T12:00:00.000Z&run=3f2a7c1e-5d0b-4c8e-9a61-0b7d5f3e2c19&code=nightly",
		"https://example.com/x?dashboard=https://example.com/d/9&list=pipeline-errors-of-the-night#access-and-rights",
		"https://example.com/webhooks/pipeline-events/v2",
		"http://127.0.0.1:8080/rocky",
		"${U:-http://localhost:8080/x}",
		"nats://nats.example.com:4222/ci.events",
	])("that is none is not: %s", (url) => {
		expect(isTold(URL, `url = "${url}"`)).toBe(false);
	});
});

test.each([
	[`url = "https://example.com/x?api_key=${SECRET}"`, "${WEBHOOK_URL}"],
	[`url = "\${U}"\nsecret = "${SECRET}"`, "${WEBHOOK_SECRET}"],
	[`url = "\${U}"\nheaders = { X-Api-Key = "${SECRET}" }`, "${X_API_KEY}"],
	[`url = "\${U}"\nbody_template = '"xoxb-123456789012-${SECRET}"'`, "a variable"],
])("what to write instead: %#", (lines, instead) => {
	const found = told(`[[hook.webhooks.ping]]\n${lines}`).filter(({ code }) => code === "literal_secret");
	expect(found.map(({ remedy }) => remedy)).toEqual([expect.stringContaining(`write ${instead} in its place, `)]);
});

test("what to do in custom, where nothing is inserted", () => {
	const [found] = told(`[[hook.ping]]\ncommand = "x"\ncustom = { apiToken = "${SECRET}" }`);
	expect(found?.remedy).toBe("remove it: no variable is inserted in custom");
});

describe("a token of a known form", () => {
	const tokens = [
		`xoxb-123456789012-${SECRET}`,
		`ghp_${SECRET}abcdefghi`,
		`github_pat_${SECRET}`,
		`glpat-${SECRET}`,
		`whsec_${SECRET}AAAA`,
		"AKIAIOSFODNN7EXAMPLE",
		`eyJhbGciOiJIUzI1NiJ9.eyJ${SECRET}.${SECRET}`,
		`https://hooks.slack.com/services/T000/B000/${SECRET}`,
	];

	test.each(tokens)("is told wherever it is: %#", (token) => {
		expect(isTold(WEBHOOK, `body_template = '{"token": "${token}"}'`)).toBe(true);
		expect(isTold("[[hook.ping]]\nLINE", `command = "curl -H 'X: ${token}' https://example.com"`)).toBe(true);
		expect(isTold(`${WEBHOOK}\npreset = "slack"`, `text = "see ${token}"`)).toBe(true);
	});

	it("is in no frame of another warning beside it", () => {
		fc.assert(
			fc.property(fc.constantFrom(...tokens), fc.constantFrom("", "x ", '"', "'"), (token, around) => {
				const body = `body_template = '''\n{"a": "${around.replace('"', "")}${token}",\n"b": "{{piepline}}"}'''`;
				for (const { frame, message } of told(WEBHOOK.replace("LINE", () => body))) {
					expect(`${frame}${message}`).not.toContain(SECRET.slice(0, 8));
				}
			}),
		);
	});
});
