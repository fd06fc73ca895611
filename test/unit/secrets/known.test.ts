// Which texts are secrets, and which only look like one.
import { describe, expect, test } from "vitest";
import type { Hook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { bareKey, contextSecrets, environmentSecrets, possibleSecrets, secretsOf } from "../../../src/secrets/known.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { preset, shellHook, webhook } from "../../helpers/make.ts";

const found = (hooks: readonly Hook[], env: Record<string, string> = {}) => secretsOf(hooks, env);
const bare = { url: parseReference("https://example.com/") };

describe("secretsOf", () => {
	test("a URL: the whole, userinfo, long segments and telling query values, also decoded; no public word", () => {
		const url =
			"https://us%40er:pass%20word@hooks.example.com/webhooks/T0000ABCDEFGH/eu/s3%2Fcr3t-segment?token=abcd&env=prod&v=1";
		expect(found([webhook({ url: parseReference(url) })]).toSorted()).toEqual(
			[
				"/webhooks/T0000ABCDEFGH/eu/s3%2Fcr3t-segment",
				"/webhooks/T0000ABCDEFGH/eu/s3%2Fcr3t-segment?token=abcd&env=prod&v=1",
				Buffer.from("us@er:pass word").toString("base64"),
				"pass%20word",
				"pass word",
				"T0000ABCDEFGH",
				"s3%2Fcr3t-segment",
				"s3/cr3t-segment",
				"abcd",
			].toSorted(),
		);
	});

	test("of a command the variables that it names, in any syntax, by their names and the passwords in URLs", () => {
		const hook = shellHook({
			command: 'curl "$HOOK" -u me:${DB_PASSWORD}; psql $env:DSN; x.py %API_KEY% # $REGION $MODE_TOKEN',
		});
		const env = {
			HOOK: "https://example.com/services/T0000ABCDEFGH",
			DB_PASSWORD: "hunter",
			DSN: "postgres://me:pass-word@db/x",
			API_KEY: "an-api-key",
			REGION: "eu-central-1",
			MODE_TOKEN: "none",
			OTHER_TOKEN: "not-named-here",
		};
		const parts = ["T0000ABCDEFGH", "hunter", "pass-word", btoa("me:pass-word"), env.DSN, "an-api-key"];
		expect(found([hook], env).toSorted()).toEqual(parts.toSorted());
	});

	test("a query value also as forms decode it, with spaces for its plus signs", () => {
		const url = "https://example.com/hooks?token=ab+cd%2Bef+gh";
		const forms = ["ab+cd%2Bef+gh", "ab+cd+ef+gh", "ab cd+ef gh"];
		expect(found([webhook({ url: parseReference(url) })]).toSorted()).toEqual(
			["/hooks?token=ab+cd%2Bef+gh", ...forms].toSorted(),
		);
	});

	test("the Basic credential that a URL's userinfo becomes", () => {
		const url = "https://user:pass%40word@hooks.example.com/x";
		expect(found([webhook({ url: parseReference(url) })])).toContain("dXNlcjpwYXNzQHdvcmQ=");
	});

	test("a URL with nothing but a host is not one", () => {
		expect(found([webhook({ url: parseReference("https://example.com/") })])).toEqual([]);
	});

	test("a secret: trimmed and each of its lines; too short a one is a word", () => {
		const hook = webhook({ ...bare, secrets: [parseReference("${S}")] });
		expect(found([hook], { S: "line one\nline two\r\nab\n" })).toEqual(
			expect.arrayContaining(["line one\nline two\r\nab", "line one", "line two"]),
		);
		expect(found([hook], { S: "eu" })).toEqual([]);
	});

	test("a secret of several lines: those that are not ordinary, and what they assign", () => {
		const hook = webhook({ ...bare, secrets: [parseReference("${S}")] });
		const parts = (S: string) => found([hook], { S }).filter((text) => text !== S && text !== S.trim());
		expect(parts("-----BEGIN KEY-----\nb3BlbnNzaC1r\n-----END KEY-----\n")).toEqual(["b3BlbnNzaC1r"]);
		expect(parts("kind: Config\nclusters:\n- token: abcd\n}\nDB_PASSWORD='hunter2'\n")).toEqual([
			"DB_PASSWORD='hunter2'",
			"- token: abcd",
			"hunter2",
			"abcd",
		]);
	});

	test.each([
		["Bearer abcdef-1", ["abcdef-1"]],
		["Server=db;User=ada;Password=hunter2;Encrypt=true", ["hunter2"]],
		["//registry.npmjs.org/:_authToken=npm_1\nalways-auth=true", ["npm_1", "//registry.npmjs.org/:_authToken=npm_1"]],
		["machine db.example login ada password hunter2", ["hunter2"]],
		["YWRhOmh1bnRlcjI=", ["ada:hunter2", "hunter2"]],
		["Basic YWRhOmh1bnRlcjI=", ["YWRhOmh1bnRlcjI=", "ada:hunter2", "hunter2"]],
		[
			Buffer.from('{"token": "abcd", "type": "user"}').toString("base64"),
			['{"token": "abcd", "type": "user"}', "abcd"],
		],
		["whsec_aHVudGVyMi1odW50ZXIy", ["aHVudGVyMi1odW50ZXIy", "hunter2-hunter2", "68756e746572322d68756e74657232"]],
		["whsec_+/v7", ["+/v7", "-_v7", "fbfbfb"]],
		["two plain words", []],
	])("the credential inside of %s", (S, inside) => {
		const texts = found([webhook({ ...bare, secrets: [parseReference("${S}")] })], { S });
		const upper = (text: string) => (S.startsWith("whsec_") ? [text, text.toUpperCase()] : [text]);
		const others = texts.filter((text) => text !== S);
		expect(others).toEqual(expect.arrayContaining(inside));
		expect(inside.flatMap(upper)).toEqual(expect.arrayContaining(others));
	});

	test("a secret that is a JSON document: the values that look secret, and no others", () => {
		const hook = webhook({ ...bare, secrets: [parseReference("${S}")] });
		const S = JSON.stringify({
			type: "service_account",
			project_id: "acme-warehouse",
			private_key_id: "0a1b2c3d4e",
			private_key: "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY-----\n",
			auth_uri: "https://accounts.google.com/o/oauth2/auth",
			nested: [{ token: "abcd", url: "postgres://me:pg-password@db.example/x" }],
		});
		const texts = found([hook], { S });
		for (const secret of [S, "0a1b2c3d4e", "MIIEvQIBADAN", "abcd", "pg-password"]) expect(texts).toContain(secret);
		for (const word of ["service_account", "acme-warehouse", "-----BEGIN PRIVATE KEY-----"])
			expect(texts).not.toContain(word);
	});

	test("headers: credentials whole, else only what variables put in", () => {
		const headers = new Map([
			["Authorization", parseReference("Bearer literal-token")],
			["X-Team", parseReference("data-platform")],
			["X-Trace", parseReference("trace-${TRACE}-${TRACE_TOKEN}-${ZONE:-default-zone}")],
		]);
		const env = { TRACE: "abcdef", TRACE_TOKEN: "ghijkl" };
		expect(found([webhook({ ...bare, headers })], env).toSorted()).toEqual([
			"Bearer literal-token",
			"ghijkl",
			"literal-token",
		]);
	});

	test("a variable is secret by its name or as a URL, also where it is all of a header or a word of a URL", () => {
		const headers = new Map([
			["X-Trace", parseReference("${TRACE_TOKEN}")],
			["X-Callback", parseReference("${CALLBACK}")],
		]);
		const env = { TRACE_TOKEN: "ghijkl", CALLBACK: "https://example.com/services/T0000ABCDEFGH", HOOK_TOKEN: "word" };
		const texts = found([webhook({ url: parseReference("https://example.com/a/${HOOK_TOKEN}"), headers })], env);
		expect(texts).toEqual(expect.arrayContaining(["ghijkl", "T0000ABCDEFGH", "word"]));
	});

	test("the key of Standard Webhooks in hex of either case, and what has no such prefix as it is", () => {
		const texts = found([webhook({ ...bare, secrets: [parseReference("${S}")] })], { S: "whsec_+/v7+/v7" });
		expect(texts).toEqual(expect.arrayContaining(["fbfbfbfbfbfb", "FBFBFBFBFBFB"]));
		expect([bareKey(" whsec_abcd\n"), bareKey("abwhsec_cd")]).toEqual(["abcd", "abwhsec_cd"]);
	});

	test("preset options: the secret ones whole", () => {
		const options = { routing_key: "R0UT1NG", component: "orders", custom_details: { key: "${INNER}" } };
		const hook = webhook({ url: undefined, preset: preset("pagerduty"), options });
		expect(found([hook], { INNER: "inner-value" }).toSorted()).toEqual(["R0UT1NG", "inner-value"]);
	});

	test("what variables put into a command's environment", () => {
		const env = new Map([
			["TOKEN", parseReference("${TOKEN}")],
			["REGION", parseReference("europe-west")],
		]);
		expect(found([shellHook({ env })], { TOKEN: "tok-123" })).toEqual(["tok-123"]);
	});

	test("literals under telling names, in env and in options' tables", () => {
		const env = new Map([["DB_PASSWORD", parseReference("hunter2-literal")]]);
		const options = { custom_details: { password: "in-a-table", team: "data-platform" } };
		const page = webhook({ url: undefined, preset: preset("pagerduty"), options });
		expect(found([shellHook({ env }), page]).toSorted()).toEqual(["hunter2-literal", "in-a-table"]);
	});

	test("a public word is not one: what the runner sets for everyone, and values of untelling names", () => {
		const headers = new Map([["X-Run", parseReference("${GITHUB_REPOSITORY} ${REGION} ${GITHUB_TOKEN} ${BUILD}")]]);
		const env = {
			GITHUB_REPOSITORY: "acme/warehouse",
			REGION: "us-east-1",
			GITHUB_TOKEN: "ghs_1",
			BUILD: "a-long-build-id",
		};
		expect(found([webhook({ ...bare, headers })], env).toSorted()).toEqual(["ghs_1"]);
	});

	test("a name that only looks telling is not one", () => {
		const env = new Map([["GIT_AUTHOR_NAME", parseReference("data-bot")]]);
		const options = { custom_details: { primary_key: "order_id", design: "blue-print" } };
		expect(found([shellHook({ env }), webhook({ url: undefined, preset: preset("pagerduty"), options })])).toEqual([]);
	});

	test("what a context brings for PagerDuty", () => {
		expect(contextSecrets({ metadata: { routing_key: "R0UT1NG", tables: 3 } })).toEqual(["R0UT1NG"]);
		expect(contextSecrets({ metadata: { routing_key: " R0UT1NG\n" } })).toContain("R0UT1NG");
		expect(contextSecrets({ metadata: { routing_key: 7 } })).toEqual([]);
		expect(contextSecrets({ metadata: { routing_key: "  a  " } })).toEqual([]);
		expect(contextSecrets({ metadata: { routing_key: "k".repeat(1000) } })).toEqual(["k".repeat(1000)]);
		expect(contextSecrets({ metadata: { routing_key: "k".repeat(1001) } })).toEqual([]);
	});

	test("a telling variable's value, however short, also as a part of a URL's path", () => {
		const hook = webhook({ url: parseReference("https://example.com/${TEAM}/${HOOK_TOKEN}") });
		const env = { TEAM: "data", HOOK_TOKEN: "abc12345" };
		expect(found([hook], env).toSorted()).toEqual(["/data/abc12345", "abc12345"]);
	});

	test("the password of any URL, which may be shown without the rest of it", () => {
		const env = new Map([
			["DATABASE", parseReference("${DATABASE}")],
			["CACHE", parseReference("redis://:pa%40ss-literal@cache.example:6379/0")],
		]);
		const hook = webhook({ ...bare, headers: new Map([["X-Database", parseReference("${DATABASE}")]]) });
		const values = { DATABASE: "postgres://loader:pg-password@db.example/orders" };
		for (const hooks of [[shellHook({ env })], [hook, shellHook({ env })]]) {
			expect(found(hooks, values)).toEqual(
				expect.arrayContaining(["pg-password", btoa("loader:pg-password"), "pa%40ss-literal", "pa@ss-literal"]),
			);
		}
	});

	test("an unset variable has no secret, and those beside it do", () => {
		expect(found([webhook({ ...bare, secrets: [parseReference("${NOT_SET}")] })])).toEqual([]);
		const headers = new Map([["Authorization", parseReference("Bearer ${A}-${NOT_SET}")]]);
		expect(found([webhook({ ...bare, headers })], { A: "half-of-it" })).toEqual(["half-of-it"]);
	});
});

describe("environmentSecrets", () => {
	test("the runner's tokens, and none of its other variables", () => {
		const tokens = {
			GITHUB_TOKEN: "ghs_of-the-user",
			"INPUT_GITHUB-TOKEN": "ghs_of-the-input",
			ACTIONS_RUNTIME_TOKEN: "runtime-token",
			ACTIONS_ID_TOKEN_REQUEST_TOKEN: "oidc-token",
		};
		const others = {
			GITHUB_REPOSITORY: "acme/warehouse",
			ACTIONS_RESULTS_URL: "https://results.example/",
			PATH: "/bin",
		};
		expect(environmentSecrets({ ...tokens, ...others }).toSorted()).toEqual(Object.values(tokens).toSorted());
	});

	test.each([
		["http://me:pa%40ss@proxy.example:3128", ["pa%40ss", "pa@ss", btoa("me:pa@ss")]],
		["me:pass-word@proxy.example:3128", ["pass-word", btoa("me:pass-word")]],
		["http://me:pa/ss#wo@rd:1@proxy.example", ["pa/ss#wo@rd:1", btoa("me:pa/ss#wo@rd:1")]],
		["http://token-as-user@proxy.example", ["token-as-user"]],
		["http://token-as-user:@proxy.example", ["token-as-user"]],
		["http://me:pw@proxy.example", [btoa("me:pw")]],
		["http:me:pass-word@proxy.example", ["pass-word", btoa("me:pass-word")]],
		["HTTPS:me:pass-word@proxy.example", ["pass-word", btoa("me:pass-word")]],
		["http://me:a@b:c@proxy.example", ["a@b:c", btoa("me:a@b:c")]],
		["token-as-user@proxy.example/@", ["token-as-user@proxy.example/"]],
		["http://proxy.example:3128", []],
		["proxy.example:3128", []],
		["", []],
	])("of the proxy %s what it is told to know us by", (value, secrets) => {
		for (const name of ["http_proxy", "HTTPS_PROXY", "All_Proxy", "FTP_PROXY", "npm_config_https_proxy"]) {
			expect(environmentSecrets({ [name]: value }).toSorted()).toEqual(secrets.toSorted());
		}
		expect(environmentSecrets({ NO_PROXY: value, PROXY_URL: value })).toEqual([]);
	});
});

test.each(["a", "@a", ":", "@:", " ", "//", "@//"])("takes a time that grows with a proxy of many %j", (part) => {
	const value = `${part.slice(0, -1)}${part.slice(-1).repeat(60_000)}`;
	withinCpuTime(1000, () => {
		environmentSecrets({ http_proxy: value });
	});
});

test("possibleSecrets: whatever may be a secret, but no path and nothing that the runner sets for everyone", () => {
	const env = {
		SLACK: "https://hooks.example.com/T0000ABCDEFGH",
		DEPLOY_KEY: "k3y!",
		UNNAMED: "qz81-v4lue",
		WORDS: "a-long-value-of-something",
		DATABASE: "postgres://me:pg-password@db.example/orders",
		SHORT: "eu",
		HOME: "/home/runner/work/somewhere",
		LOCAL: "./node_modules/.bin:/usr/bin",
		WINDOWS: "C:\\hostedtoolcache\\x8812345k",
		OPT: "/opt/x8812345k",
		SLASHED: "qz81/v4lue9",
		GITHUB_REPOSITORY: "acme/warehouse",
		KEYS: "one-key\nanother-key",
	};
	expect(possibleSecrets(env).toSorted()).toEqual(
		[
			"T0000ABCDEFGH",
			"/T0000ABCDEFGH",
			"k3y!",
			env.UNNAMED,
			env.SLASHED,
			"pg-password",
			btoa("me:pg-password"),
			env.KEYS,
			"one-key",
			"another-key",
		].toSorted(),
	);
});
