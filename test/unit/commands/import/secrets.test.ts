// Secrets of what is imported: none is written down, whatever is around it, and what is no secret stays.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { advise } from "../../../../src/config/advice.ts";
import { parseConfig } from "../../../../src/config/load.ts";
import { type Reference, resolveReference } from "../../../../src/model/reference.ts";
import { withinCpuTime } from "../../../helpers/cpu-time.ts";
import { importedText } from "../../../helpers/moved.ts";

const SECRET = /s3cr3t|hunter2|T012|abcdefGHIJ|ghp_/;

/** The config without the spaces that align it, with what is said; `validate` has no secret to warn of. */
function imported(text: string) {
	const { toml, findings } = importedText(text);
	const { warnings } = parseConfig(toml, "pipeline-hooks.toml", "native", advise);
	expect(warnings.filter(({ code }) => code === "literal_secret")).toEqual([]);
	return {
		toml: toml.replaceAll(/ +=/g, " ="),
		...findings,
		names: findings.variables.secrets.map(({ name }) => name),
	};
}

const PLAIN = { name: "H", webhookType: "Generic", batchSize: 1, eventFilters: [{ eventType: "entityUpdated" }] };

const openMetadata = (config: object, more: object = {}) =>
	imported(
		JSON.stringify({
			...PLAIN,
			...{ webhookConfig: { endpoint: "https://r.example.com/x", ...config }, ...more },
		}),
	);

const rocky = (lines: string) =>
	imported(`[hook.webhooks.pipeline_error]\n${/^url/m.test(lines) ? "" : 'url = "https://h.example.com/x"\n'}${lines}`);

describe("in JSON, ${ means nothing", () => {
	test.each<[object, string, string]>([
		[{ endpoint: "https://hooks.slack.com/services/T012/B034/abcdefGHIJ${X}" }, 'url = "${H_URL}"', "H_URL"],
		[{ endpoint: "https://${HOST}/x" }, 'url = "${H_URL}"', "H_URL"],
		[{ secretKey: "s3cr3t${A}rest" }, 'secret = "${H_SECRET}"', "H_SECRET"],
		[{ secretKey: "${A:-s3cr3t-default}" }, 'secret = "${H_SECRET}"', "H_SECRET"],
		[{ headers: { Authorization: `Bearer ghp_${"a1".repeat(18)}\${FOO}` } }, '"Bearer ${H_TOKEN}"', "H_TOKEN"],
		[{ headers: { "X-A": "in ${B} and ${C:-d}" } }, 'X-A = "in $${B} and $${C:-d}"', ""],
		[{ headers: { Authorization: "Bearer ${TOKEN}" } }, '"Bearer ${TOKEN}"', "TOKEN"],
	])("%j", (config, line, names) => {
		const { toml, names: found } = openMetadata(config);
		expect(toml).toContain(line);
		expect(toml).not.toMatch(SECRET);
		expect(found.join()).toBe(names);
	});
});

describe("in a rocky.toml, ${ is a variable", () => {
	test.each([
		['url = "https://bot:hunter2pw@${HOST}/x"', 'url = "${PIPELINE_ERROR_URL}"'],
		['url = "https://${HOST}/hooks/s3cr3tQ2mZ7pL4"', 'url = "${PIPELINE_ERROR_URL}"'],
		['url = "${BASE}/hooks/s3cr3tQ2mZ7pL4"', 'url = "${PIPELINE_ERROR_URL}"'],
		['url = "${U:-https://h.example.com/hooks/s3cr3tQ2mZ7pL4}"', 'url = "${U}"'],
		['url = "https://${H:-h.example.com}/x?token=${T:-s3cr3t1}"', 'url = "https://${H:-h.example.com}/x?token=${T}"'],
		['url = "https://${U}:${P}@${HOST}/services/${S}"', 'url = "https://${U}:${P}@${HOST}/services/${S}"'],
		[
			'url = "https://hooks.slack.com/services/${T}/${B}/${S}"',
			'url = "https://hooks.slack.com/services/${T}/${B}/${S}"',
		],
		['secret = "s3cr3t${A}"', 'secret = "${PIPELINE_ERROR_SECRET}${A}"'],
		['secret = "${A}-${B:-s3cr3t}"', 'secret = "${A}-${B}"'],
		['headers = { Authorization = "Bearer ${TOKEN:-s3cr3tdefault99}" }', 'Authorization = "Bearer ${TOKEN}"'],
		['headers = { Authorization = "Bearer s3cr3t${T}" }', 'Authorization = "Bearer ${PIPELINE_ERROR_TOKEN}${T}"'],
		['headers = { Cookie = "session=${S}; team=${T:-}" }', 'Cookie = "session=${S}; team=${T:-}"'],
		['headers = { X-Region = "${R:-eu-central-1}" }', 'X-Region = "${R:-eu-central-1}"'],
		[`body_template = "\${T:-ghp_${"a1".repeat(18)}}"`, 'body_template = "${T}"'],
	])("%s", (line, expected) => {
		const { toml } = rocky(line);
		expect(toml).toContain(expected);
		expect(toml).not.toMatch(SECRET);
	});

	it("says which values go into one that was made of several, and which lost their default", () => {
		const { notes, variables } = rocky('url = "https://bot:hunter2pw@${HOST}/x"\nsecret = "${A:-s3cr3t-default}"');
		expect(notes).toContainEqual(expect.stringContaining("url becomes one variable: put the values of HOST into it"));
		expect(notes).toContainEqual(
			expect.stringContaining("the default of A is a secret, so it is left out: give A that"),
		);
		expect(variables.values).toContain("s3cr3t-default");
	});
});

describe("a URL with a secret in it is a variable", () => {
	test.each([
		"https://r.example.com/x?code=AbC123xyzQWERTY9876",
		"https://r.example.com/x?k=q8Zr2TtY61LmP0vXc4Bn",
		"https://r.example.com/x#access_token=abcdefsecret99",
		"https://hooks.zapier.com/hooks/catch/1234567/b3xq9zk/",
		"https://r.example.com/h/aB3xY9kQ2mZ7pL4",
		"https://n8n.example.com/webhook/3f2a7c1e-5d0b-4c8e-9a61-0b7d5f3e2c19",
	])("%s", (endpoint) => {
		expect(openMetadata({ endpoint }).toml).toContain('url = "${H_URL}"');
	});

	test.each([
		"https://r.example.com/api/v2/myEvents?team=data&page=2",
		"https://r.example.com/",
		"http://127.0.0.1:80/x",
	])("%s has none", (endpoint) => {
		expect(openMetadata({ endpoint }).toml).toContain(`url = "${endpoint}"`);
	});
});

describe("where nothing is inserted, a secret is left out", () => {
	it("in custom, with a note that says which", () => {
		const nested = {
			password: "hunter2hunter2",
			file: "~/.ssh/id",
			credentials: { of: ["s3cr3t-Value"], pin: 123456 },
		};
		const extension = { apiToken: "s3cr3t-Value-123", nested, url: "https://u:hunter2pw@x.example.com/", a: "b" };
		const { toml, notes } = openMetadata({}, { extension });
		expect(toml).toContain('nested = { file = "~/.ssh/id", credentials = { of = [] } }\na = "b"\n');
		expect(notes).toEqual([
			"H: extension.apiToken, extension.nested.password, extension.nested.credentials.of[0], " +
				"extension.nested.credentials.pin, extension.url: a credential, not carried over, since no variable is inserted in custom",
		]);
		const theirs = rocky('custom = { api_token = "s3cr3t-Value-123", since = 2026-01-02, limit = inf }');
		expect(theirs.toml).toContain("since = 2026-01-02\nlimit = inf\n");
	});

	it("in texts for people", () => {
		const description = "Goes to https://u:hunter2pw@x.example.com/ and to https://hooks.slack.com/services/T012/B/C.";
		const { toml, notes } = openMetadata({}, { description, displayName: "the password: abc" });
		expect(toml).toContain('description = "Goes to … and to …"');
		expect(notes).toEqual([
			"H: displayName may have a credential in it: if so, remove it",
			"H: description has a credential, which is left out: … is in its place",
		]);
		const theirs = rocky('runbook = "https://u:hunter2pw@wiki.example.com/"\ndescription = "${A} of it"');
		expect(theirs.toml).toContain('description = "${A} of it"');
		expect(theirs.toml).not.toContain("runbook");
	});

	test.each([
		['[[hook.ping]]\ncommand = "curl https://user:p4ssw0rd@h.example.com/"', true],
		["[[hook.ping]]\ncommand = \"curl -H 'Authorization: Bearer hunter2secretvalue' https://h.example.com\"", true],
		['[[hook.ping]]\ncommand = "curl -H \\"Authorization: Bearer $TOKEN\\" https://h.example.com"', false],
		['[hook.webhooks.ping]\nurl = "https://h.example.com"\nbody_template = \'{"token":"hunter2hunter2"}\'', true],
		['[hook.webhooks.ping]\nurl = "https://h.example.com"\nbody_template = \'{"token":"${TOKEN}"}\'', false],
	])("%s: whether it is said that a text should be looked at is %s", (source, isSaid) => {
		const { notes } = importedText(source).findings;
		expect(notes.some((note) => note.includes("may have a credential in it"))).toBe(isSaid);
	});
});

it("sends the same, whatever a header, a secret or a URL is made of", () => {
	const pieces = [
		"${A}",
		"${A:-",
		"}",
		"${",
		"$${",
		"$",
		"Bearer ",
		"s3cr3tQ9",
		"team=",
		"; ",
		'"',
		"data",
		`ghp_${"b2".repeat(18)}`,
	];
	const text = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }).map((some) => some.join("").trim());
	fc.assert(
		fc.property(
			fc.constantFrom("Authorization", "X-Team", "Cookie"),
			text,
			text,
			text,
			(name, header, secretKey, part) => {
				const endpoint = `https://h.example.com/${encodeURI(part).replaceAll("%7B", "{")}`;
				const webhookConfig = { endpoint, secretKey, headers: { [name]: header } };
				const { toml, findings } = importedText(JSON.stringify({ ...PLAIN, webhookConfig }));
				const { hooks, warnings } = parseConfig(toml, "pipeline-hooks.toml", "native", advise);
				expect(warnings.filter(({ code }) => code === "literal_secret")).toEqual([]);
				const [hook] = hooks;
				if (hook?.kind !== "webhook" || hook.url === undefined) throw new Error("no webhook");
				const { secrets, values } = findings.variables;
				const given = [...values];
				// One that is kept as a variable has no value yet.
				const env = Object.fromEntries(
					secrets.map(({ name }) => [name, name.startsWith("H_") ? (given.shift() ?? "") : `\${${name}}`]),
				);
				const sent = (reference: Reference | undefined) => {
					const resolved = reference === undefined ? undefined : resolveReference(reference, env);
					return resolved?.kind === "text" ? resolved.text : undefined;
				};
				expect([sent(hook.url), sent(hook.secrets[0]), sent(hook.headers.get(name))]).toEqual([
					endpoint,
					secretKey,
					header,
				]);
			},
		),
	);
});

it("finds the secrets of a long command and names them in linear time", () => {
	const tokens = Array.from({ length: 20_000 }, (_, index) => `'ghp_${String(index).padStart(36, "a")}' #`);
	const { findings } = withinCpuTime(6000, () => importedText(`[[hook.ping]]\ncommand = "echo ${tokens.join(" ")}"`));
	expect(findings.variables.secrets.length).toBe(20_000);
});
