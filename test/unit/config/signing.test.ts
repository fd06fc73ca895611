// How a config says that webhooks are signed: schemes, secrets and headers, alone, inherited and together.
import { describe, expect, it } from "vitest";
import { secretsOf } from "../../../src/secrets/known.ts";
import { SIGNATURES } from "../../../src/signature/schemes.ts";
import { mistakes, onlyProblem, parse, problemsOf, webhook } from "../../helpers/parse.ts";
import { OTHER_SECRET, SECRET, TOGETHER } from "../../helpers/signing.ts";

/** A webhook; further lines of it begin at line 3. */
const hook = (lines: string) => `[[hook.webhooks.ping]]\nurl = "https://example.com/"\n${lines}\n`;

/** What it says of signing. */
function signing(source: string) {
	const { secrets, signatures, signatureHeader } = webhook(source);
	return { secrets: secrets.map(({ source }) => source), signatures, signatureHeader };
}

describe("signature, secret and signature_header", () => {
	it("are rocky without a secret by default, which signs nothing", () => {
		expect(signing(hook(""))).toEqual({ secrets: [], signatures: ["rocky"], signatureHeader: undefined });
	});

	it.each(SIGNATURES)("take %s, alone and as a list of one", (scheme) => {
		for (const written of [`"${scheme}"`, `["${scheme}"]`]) {
			const source = hook(`signature = ${written}\nsecret = "\${S}"`);
			expect(signing(source)).toEqual({ secrets: ["${S}"], signatures: [scheme], signatureHeader: undefined });
		}
	});

	it("take lists, in their order", () => {
		const all = TOGETHER.toReversed();
		const source = hook(`signature = ${JSON.stringify(all)}\nsecret = ["\${NEW}", "\${OLD:-}", "${SECRET}"]`);
		expect(signing(source)).toEqual({
			secrets: ["${NEW}", "${OLD:-}", SECRET],
			signatures: all,
			signatureHeader: undefined,
		});
	});

	it.each(SIGNATURES.filter((scheme) => scheme !== "standard"))("rename the header of %s", (scheme) => {
		const source = hook(`signature = "${scheme}"\nsecret = "s"\nsignature_header = "X-OM-Signature"`);
		expect(signing(source).signatureHeader).toBe("X-OM-Signature");
		expect(signing(hook('secret = "s"\nsignature_header = "X-Sig"')).signatures).toEqual(["rocky"]);
	});
});

describe("of the defaults", () => {
	const DEFAULTS = `[defaults]\nsecret = "a"\nsignature = "openmetadata"\nsignature_header = "X-OM-Signature"\n`;

	it("a hook takes each by default", () => {
		expect(signing(DEFAULTS + hook(""))).toEqual({
			secrets: ["a"],
			signatures: ["openmetadata"],
			signatureHeader: "X-OM-Signature",
		});
		expect(signing(DEFAULTS + hook('secret = ["b", "c"]'))).toMatchObject({
			secrets: ["b", "c"],
			signatureHeader: "X-OM-Signature",
		});
		expect(signing(DEFAULTS + hook('signature_header = "X-Sig"'))).toMatchObject({
			signatures: ["openmetadata"],
			signatureHeader: "X-Sig",
		});
	});

	it("a header goes with the scheme that it renames", () => {
		expect(signing(DEFAULTS + hook('signature = ["github", "token"]'))).toEqual({
			secrets: ["a"],
			signatures: ["github", "token"],
			signatureHeader: undefined,
		});
		const layers = `${DEFAULTS}[defaults.webhook]\nsignature = "github"\n`;
		expect(signing(layers + hook(""))).toMatchObject({ signatures: ["github"], signatureHeader: undefined });
		const renamed = `${DEFAULTS}[defaults.webhook]\nsignature = "github"\nsignature_header = "X-G"\n`;
		expect(signing(renamed + hook(""))).toMatchObject({ signatures: ["github"], signatureHeader: "X-G" });
	});

	it("a scheme is for the hooks that have a secret, and an error where none has one", () => {
		const source = '[defaults]\nsignature = ["github", "rocky"]\n';
		const [bare, signed] = parse(source + hook("") + hook('secret = "${S}"')).hooks;
		for (const each of [bare, signed]) expect(each).toMatchObject({ signatures: ["github", "rocky"] });
		expect(bare).toMatchObject({ secrets: [] });
		expect(mistakes(source + hook("") + hook(""))).toEqual([
			"2:1 signature is in the defaults, and no webhook has a secret to sign with",
		]);
		const layers = `${source}[defaults.webhook]\nsignature_header = "X-Sig"\nsignature = "token"\n${hook("")}`;
		expect(mistakes(layers)).toEqual([
			"2:1 signature is in the defaults, and no webhook has a secret to sign with",
			"4:1 signature_header is in the defaults, and no webhook has a secret to sign with",
			"5:1 signature is in the defaults, and no webhook has a secret to sign with",
		]);
		expect(mistakes(`${source}[[hook.ping]]\ncommand = "x"\n`)).toEqual([]);
		for (const line of ['secret = ""', 'secret = "s"\npreset = "slak"']) {
			expect(mistakes(source + hook("") + hook(line))).toHaveLength(1);
		}
	});

	it("a literal secret is judged by each hook's scheme, and told once, where it stands", () => {
		const source = `[defaults]\nsecret = "plain"\n${hook('signature = "standard"')}${hook('signature = "standard"')}`;
		expect(mistakes(source)).toEqual([
			"2:1 secret is not valid for the scheme standard, which takes whsec_ and base64 of 24 to 64 bytes",
		]);
		expect(mistakes(`[defaults]\nsecret = "plain"\nsignature = "standard"\n${hook('secret = "${S}"')}`)).toEqual([]);
	});
});

describe("an error", () => {
	const many = JSON.stringify(Array.from({ length: 11 }, () => "x"));
	/** A `¦` marks the item that is at fault; without one, the key is. */
	const columnOf = (line: string) => line.indexOf("¦") + 1 || 1;

	it.each([
		[
			'signature = "rockyy"',
			/^signature is "rockyy", which is not one of rocky, rocky_ingress, github, .*, standard$/,
			'did you mean "rocky"?',
		],
		[
			'signature = ["rocky", ¦"sha1"]',
			/^signature is "sha1", which is not one of rocky, /,
			"use rocky, rocky_ingress, github,",
		],
		['signature = ["token", "rocky", ¦"token"]', /^signature has "token" twice$/, "remove one of the two"],
		[
			'signature = ["rocky", "token", ¦"rocky_ingress"]',
			/^signature has "rocky" and "rocky_ingress", which both go into X-Rocky-Signature$/,
			"remove one of the two",
		],
		["signature = []", /^signature is empty$/, "leave the key out"],
		["signature = 1", /^signature must be a string, not an integer$/, "in quotes"],
		['signature = ["rocky", ¦1]', /^signature must be a string, not an integer$/, "in quotes"],
		['signature = ["rocky", ¦["github"]]', /^signature must be a string, not an array$/, "in quotes"],
		['signature = [¦""]', /^signature is empty$/, "leave the key out"],
		[`signature = ${many}`, /^signature has more than 10 items$/, "shorten it"],
		['signature_header = "X Sig"', /^signature_header is an invalid header name$/, "X-Signature"],
		['signature_header = "X-Sig: "', /^signature_header is an invalid header name$/, "X-Signature"],
		['signature_header = ["X-Sig"]', /^signature_header must be a string, not an array$/, "in quotes"],
		['signature_header = ""', /^signature_header is empty$/, "leave the key out"],
	])("in %s is told at it", (line, message, remedy) => {
		const problem = onlyProblem(hook(`${line.replace("¦", "")}\nsecret = "s"`));
		expect(problem.message).toMatch(message);
		expect(problem.remedy).toContain(remedy);
		expect(problem.place).toMatchObject({ line: 3, column: columnOf(line) });
	});

	it.each(["X-Rocky-Event", "x-rocky-delivery"])("is a header that every webhook has of itself: %s", (name) => {
		const problem = onlyProblem(hook(`headers = { ${name} = "a" }`));
		expect(problem).toMatchObject({
			message: `headers.${name} is sent with every webhook already`,
			remedy: "remove it",
		});
		expect(problem.place).toMatchObject({ line: 3, column: 13 });
	});

	it.each(["Host", "content-length", "Content-Type", "X-Rocky-Delivery", "webhook-id"])(
		"is a header with a meaning of its own: %s",
		(name) => {
			expect(mistakes(hook(`signature_header = "${name}"\nsecret = "s"`))).toEqual([
				`3:1 signature_header is "${name}", a header with a meaning of its own`,
			]);
		},
	);

	it.each([
		["secret = []", "secret is empty"],
		['secret = ["a", ¦""]', "secret is empty"],
		['secret = ["a", ¦" \\n"]', "secret is empty"],
		['secret = ["a", ¦5]', "secret must be a string, not an integer"],
		['secret = ["a", ¦"${B"]', "secret has a ${ that does not begin a variable"],
		[`secret = ${many}`, "secret has more than 10 items"],
	])("in %s is told at it", (line, message) => {
		const [source, at] = [line.replace("¦", ""), columnOf(line)];
		expect(mistakes(hook(source))).toEqual([`3:${at} ${message}`]);
		expect(mistakes(hook(`signature = "github"\n${source}`))).toEqual([`4:${at} ${message}`]);
	});

	it.each([
		['headers = { x-sig = "a" }\nsignature_header = "X-Sig"', "headers.x-sig is where the signature goes"],
		['headers = { X-Rocky-Signature = "a" }', "headers.X-Rocky-Signature is where the signature goes"],
		[
			`headers = { Webhook-Id = "a" }\nsignature = ["rocky", "standard"]`,
			"headers.Webhook-Id is where the signature goes",
		],
	])("is a header of the hook's own that the signature would take the place of: %s", (lines, message) => {
		expect(mistakes(hook(`${lines}\nsecret = "${SECRET}"`))).toEqual([`3:13 ${message}`]);
		expect(mistakes(hook('headers = { X-Rocky-Signature = "a" }'))).toEqual([]);
		expect(mistakes(hook('headers = { X-Rocky-Signature = "a" }\nsecret = "s"\nsignature = "github"'))).toEqual([]);
	});

	it("is such a header of the defaults, told there once", () => {
		const signed = hook('secret = "s"');
		expect(mistakes(`[defaults.headers]\nX-Rocky-Signature = "a"\n${signed}${signed}`)).toEqual([
			"2:1 headers.X-Rocky-Signature is where the signature goes",
		]);
	});

	it("is a scheme or a header in a hook without a secret, told once", () => {
		const problem = onlyProblem(hook('signature = "github"\nsignature_header = "X-Sig"'));
		expect(problem.message).toBe("signature is in a hook that has no secret to sign with");
		expect(problem.remedy).toBe('add secret = "${WEBHOOK_SECRET}", or remove signature');
		expect(mistakes(hook('signature_header = "X-Sig"'))).toEqual([
			"3:1 signature_header is in a hook that has no secret to sign with",
		]);
	});

	it("is a header for several signatures, or for those whose headers cannot be renamed", () => {
		const header = 'signature_header = "X-Sig"\nsecret = "${S}"';
		expect(mistakes(hook(`${header}\nsignature = ["rocky", "github"]`))).toEqual([
			"3:1 signature_header renames one header, and there are several signatures",
		]);
		expect(mistakes(hook(`${header}\nsignature = "standard"`))).toEqual([
			"3:1 signature_header cannot be used with standard, whose headers cannot be renamed",
		]);
		expect(mistakes(`[defaults]\nsignature = "standard"\n${hook(header)}`)).toEqual([
			"5:1 signature_header cannot be used with standard, whose headers cannot be renamed",
		]);
		expect(mistakes(hook(`${header}\nsignature = ["rocky", "hmac"]`))).toHaveLength(1);
	});

	it.each(["plain", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", `${SECRET}${SECRET}${SECRET}`])(
		"is a literal secret that standard cannot sign with: %s",
		(secret) => {
			for (const line of [`¦secret = "${secret}"`, `secret = ["${SECRET}", ¦"${secret}"]`]) {
				const problem = onlyProblem(hook(`${line.replace("¦", "")}\nsignature = ["rocky", "standard"]`));
				expect(problem.message).toContain("secret is not valid for the scheme standard");
				expect(problem.remedy).toContain("openssl rand -base64 32");
				expect(problem.place).toMatchObject({ line: 3, column: columnOf(line) });
				expect(problem.frame).toContain(`> 3 | secret = `);
				expect(problem.frame).not.toContain(secret.slice(0, 12));
			}
			expect(mistakes(hook(`secret = "${secret}"\nsignature = ["rocky", "token"]`))).toEqual([]);
		},
	);

	it("is a literal secret that cannot be sent as token; a variable is known only when it is sent", () => {
		expect(mistakes(hook('secret = "a✓"\nsignature = "token"'))).toEqual([
			"3:1 secret has a character that is not allowed in headers, and the scheme token sends it as one",
		]);
		expect(mistakes(hook('secret = "a✓${S}"\nsignature = "token"'))).toEqual([]);
		expect(mistakes(hook('secret = "${S:-short}"\nsignature = "standard"'))).toEqual([]);
		// Only the first one is sent.
		expect(mistakes(hook('secret = ["a", "✓"]\nsignature = "token"'))).toEqual([]);
		expect(mistakes(hook(`secret = " ${SECRET}\\n"\nsignature = "standard"`))).toEqual([]);
	});
});

describe("the secrets of a list", () => {
	const LIST = `secret = [\n  "${SECRET}", # the new one: ${OTHER_SECRET}\n  "\${OLD}",\n  '''zq4-third-9xk''',\n]`;

	it("are in no frame, whether the rest is TOML or not", () => {
		const lines = hook(LIST).split("\n");
		for (const wrong of ['"x" y', 'name = ""', "retry_count = x", "colour = 1"]) {
			for (let at = 3; at <= lines.length; at++) {
				const problems = problemsOf(lines.toSpliced(at - 1, 0, wrong).join("\n"));
				expect(problems.length).toBeGreaterThan(0);
				const shown = JSON.stringify(problems);
				for (const secret of [SECRET.slice(6), OTHER_SECRET.slice(6), "zq4-third-9xk"]) {
					for (let from = 0; from + 6 <= secret.length; from += 3) {
						expect(shown).not.toContain(secret.slice(from, from + 6));
					}
				}
			}
		}
	});

	it("are masked, and those of Standard Webhooks without their prefix too", () => {
		const { hooks } = parse(hook(LIST));
		const masked = secretsOf(hooks, { OLD: `${OTHER_SECRET}\n` });
		for (const secret of [SECRET, OTHER_SECRET]) {
			expect(masked).toContain(secret);
			expect(masked).toContain(secret.slice("whsec_".length));
		}
		expect(masked).toContain("zq4-third-9xk");
	});
});
