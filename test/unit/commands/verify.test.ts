// `verify` as a user runs it: a body in a file, headers as they came, a verdict with its reason, and an exit code.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerVerify } from "../../../src/commands/verify.ts";
import { headersOf, SIGNATURES, type Signature } from "../../../src/signature/schemes.ts";
import { OTHER_SECRET, SECRET, signed } from "../../helpers/signing.ts";
import { run } from "../../helpers/terminal.ts";

const BODY = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0xff, 0x7d, 0x0d, 0x0a]);
const ENV = { S: SECRET, NEW: OTHER_SECRET, OLD: `${SECRET}\n`, PLAIN: "hunter2-hunter2", EMPTY: " " };

let folder = "";
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "verify-"));
	writeFileSync(join(folder, "body"), BODY);
	writeFileSync(join(folder, "huge"), "");
	writeFileSync(join(folder, "other"), Buffer.concat([BODY, Buffer.from("\n")]));
});
afterAll(() => rmSync(folder, { recursive: true }));

const flagsOf = (headers: Readonly<Record<string, string>>) =>
	Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);

async function verify(args: readonly string[], file = "body") {
	const { out, err, done } = run(registerVerify, ["verify", ...args, join(folder, file)], { env: ENV });
	const code = await done;
	const shown = [...out, ...err].join("\n");
	for (const secret of [SECRET, OTHER_SECRET, "hunter2"]) expect(shown).not.toContain(secret);
	return { code, out: out.join("\n"), err: err.join("\n") };
}

const request = (scheme: Signature, time = new Date(), secret = SECRET) => [
	"--scheme",
	scheme,
	...flagsOf(signed(BODY, secret, scheme, time)),
];

describe.each(SIGNATURES)("verify --scheme %s", (scheme) => {
	it("finds a request that is signed valid, byte for byte", async () => {
		expect(await verify([...request(scheme), "--secret-env", "S"])).toEqual({
			code: 0,
			out: `valid: the body of 8 bytes is signed as ${scheme}`,
			err: "",
		});
	});

	it("takes several secrets, of which one has to fit", async () => {
		const both = ["--secret-env", "NEW", "--secret-env", "OLD"];
		for (const secret of [SECRET, OTHER_SECRET]) {
			expect(await verify([...request(scheme, new Date(), secret), ...both])).toMatchObject({ code: 0 });
		}
	});

	it("says which header is missing", async () => {
		for (const missing of headersOf(scheme)) {
			const headers = Object.entries(signed(BODY, SECRET, scheme, new Date())).filter(([name]) => name !== missing);
			const args = ["--scheme", scheme, ...flagsOf(Object.fromEntries(headers)), "--secret-env", "S"];
			const out = `not valid: the request has no header ${missing}`;
			expect(await verify(args)).toEqual({ code: 1, out, err: "" });
		}
		const all = headersOf(scheme).join(" and no ");
		expect((await verify(["--scheme", scheme, "--secret-env", "S"])).out).toContain(`has no header ${all}`);
	});

	it("says that the signature is wrong, of another secret or another body", async () => {
		const wrong =
			scheme === "token" ? / does not match the secret$/ : / does not match this body.*and secret; the body must be/;
		const [own] = headersOf(scheme);
		const out = expect.stringMatching(new RegExp(`^not valid: ${own}${wrong.source}`));
		expect(await verify([...request(scheme), "--secret-env", "NEW"])).toEqual({ code: 1, out, err: "" });
		const other = await verify([...request(scheme), "--secret-env", "S"], "other");
		expect(other).toEqual(scheme === "token" ? expect.objectContaining({ code: 0 }) : { code: 1, out, err: "" });
	});

	it("writes JSON", async () => {
		const args = [...request(scheme), "--secret-env", "S", "--json"];
		expect(JSON.parse((await verify(args)).out)).toEqual({ result: "valid", scheme, bytes: 8 });
		const { out, code } = await verify(["--scheme", scheme, "--secret-env", "S", "--json"]);
		expect(JSON.parse(out)).toMatchObject({ result: "missing", scheme, reason: expect.stringContaining("no header") });
		expect(code).toBe(1);
	});
});

describe("the time of standard", () => {
	const at = (seconds: number, ...more: string[]) =>
		verify([...request("standard", new Date(Date.now() + seconds * 1000)), "--secret-env", "S", ...more]);

	it("may lie 300 seconds off, or as many as are asked for", async () => {
		expect(await at(-290)).toMatchObject({ code: 0 });
		expect((await at(-400)).out).toMatch(/^not valid: it was signed 40[01] s ago, and 300 s are tolerated$/);
		expect((await at(400)).out).toMatch(
			/^not valid: it was signed (399|400) s in the future, and 300 s are tolerated$/,
		);
		expect(await at(-400, "--tolerance", "500")).toMatchObject({ code: 0 });
		expect((await at(-20, "--tolerance", "10")).out).toContain("and 10 s are tolerated");
		const { code, out } = await at(-400, "--json");
		expect([code, JSON.parse(out).result]).toEqual([1, "too old"]);
	});
});

describe("the body from stdin", () => {
	const from = (input: () => AsyncIterable<Uint8Array>, file: readonly string[] = []) =>
		run(registerVerify, ["verify", ...request("rocky"), "--secret-env", "S", ...file], { env: ENV, input });

	it.each([[[]], [["-"]]])("is read in pieces, as it comes, with %j for a file", async (file) => {
		const pieces = async function* () {
			yield BODY.subarray(0, 3);
			yield BODY.subarray(3);
		};
		const { out, done } = from(pieces, file);
		expect([await done, out]).toEqual([0, ["valid: the body of 8 bytes is signed as rocky"]]);
	});

	it("is refused once it is too large, and no more of it read", async () => {
		let given = 0;
		const endless = async function* () {
			for (; ; given++) yield Buffer.alloc(1024 * 1024);
		};
		const { err, done } = from(endless);
		expect([await done, err[0]]).toEqual([2, "error[usage]: the body has more than 67108864 bytes"]);
		expect(given).toBe(64);
	});

	it("is waited for until Ctrl-C", async () => {
		const { err, done, interrupt } = from(async function* () {
			yield await new Promise<Uint8Array>(() => {});
		});
		interrupt();
		expect([await done, err]).toEqual([1, ["error[cancelled]: cancelled before anything was run"]]);
	});
});

describe("headers", () => {
	it("may be named in any case and spaced in any way, and may be others", async () => {
		const { "X-Rocky-Signature": value } = signed(BODY);
		for (const header of [`x-rocky-SIGNATURE:${value}`, `X-Rocky-Signature :  ${value} `]) {
			const args = ["--header", header, "--header", "Date: Thu, 02 Apr 2026 14:30:00 GMT", "--secret-env", "S"];
			expect(await verify(args)).toMatchObject({ code: 0 });
		}
	});

	it("given twice must both be right", async () => {
		const right = flagsOf(signed(BODY));
		expect(await verify([...right, ...right, "--secret-env", "S"])).toMatchObject({ code: 0 });
		expect(await verify([...right, "--header", "x-rocky-signature: sha256=0", "--secret-env", "S"])).toMatchObject({
			code: 1,
		});
	});

	it("may be renamed", async () => {
		const { "X-OpenMetadata-Signature": value } = signed(BODY, SECRET, "openmetadata");
		const args = ["--scheme", "openmetadata", "--secret-env", "S", "--header", `X-OM-Signature: ${value}`];
		expect(await verify([...args, "--signature-header", "x-om-signature"])).toMatchObject({ code: 0 });
		expect((await verify(args)).out).toBe("not valid: the request has no header X-OpenMetadata-Signature");
		const odd = await verify([...args, "--signature-header", "constructor"]);
		expect(odd.out).toBe("not valid: the request has no header constructor");
	});
});

describe("a mistake in the call", () => {
	it.each([
		[
			[],
			"--secret-env: there is no secret to check the signature with\n  → name its variable: --secret-env WEBHOOK_SECRET",
		],
		[["--secret-env", "GONE"], "--secret-env: variable GONE is unset or empty\n  → export GONE first"],
		[["--secret-env", "EMPTY"], "--secret-env: variable EMPTY is unset or empty\n  → export EMPTY first"],
		[["--secret-env", "hunter2-hunter2"], "--secret-env: that is not a valid variable name\n"],
		[["--secret-env", "S", "--scheme", "githb"], '--scheme: "githb" is not one of rocky, rocky_ingress, github, '],
		[["--secret-env", "S", "--signature-header", "X Sig"], "--signature-header: that is not a valid header name\n"],
		[
			["--secret-env", "S", "--scheme", "standard", "--signature-header", "X-Sig"],
			"--signature-header: the headers of standard cannot be renamed\n  → remove it",
		],
		[
			["--secret-env", "PLAIN", "--scheme", "standard"],
			"--secret-env: the secret in PLAIN is not valid for the scheme standard",
		],
		[["--secret-env", "S", "--header", "hunter2"], "--header: that is not a name, a colon and a value\n"],
		[["--secret-env", "S", "--header", ": hunter2"], "--header: that is not a name, a colon and a value\n"],
		[["--secret-env", "S", "--header", "X Y: hunter2"], "--header: that is not a name, a colon and a value\n"],
		[["--secret-env", "S", "--tolerance", "300"], "--tolerance: rocky has no timestamp\n"],
		[
			["--secret-env", "S", "--scheme", "standard", "--tolerance", "-1"],
			'--tolerance: "-1" is not a whole number of seconds\n',
		],
		[["--secret-env", "S", "--scheme", "x", "--tolerance", "3"], '--scheme: "x" is not one of'],
	])("%j ends with 2", async (args, message) => {
		const { code, out, err } = await verify(args);
		expect({ code, out }).toEqual({ code: 2, out: "" });
		expect(err).toMatch(/^error\[(?:usage|input)\]: /);
		expect(err).toContain(`]: ${message}`);
		expect(err.match(/^error/gm)).toHaveLength(1);
	});

	it.each([
		["standart", "did you mean standard?"],
		["sha1", "use the scheme in the hook's `signature`"],
	])("is an unknown scheme: %s", async (scheme, remedy) => {
		expect((await verify(["--secret-env", "S", "--scheme", scheme])).err).toContain(`\n  → ${remedy}`);
	});

	it("is told with the others, as JSON too", async () => {
		const { code, out } = await verify(["--scheme", "x", "--header", "y", "--tolerance", "z", "--json"]);
		expect(code).toBe(2);
		const { problems }: { problems: { message: string }[] } = JSON.parse(out);
		expect(problems.map(({ message }) => message.split(":")[0])).toEqual([
			"--scheme",
			"--secret-env",
			"--tolerance",
			"--header",
		]);
	});

	it("is a file that is too large", async () => {
		truncateSync(join(folder, "huge"), 64 * 1024 * 1024 + 1);
		expect(await verify(["--secret-env", "S"], "huge")).toMatchObject({ code: 2, out: "" });
	});

	it("is a file that is not there or no file", async () => {
		expect(await verify(["--secret-env", "S"], "gone")).toMatchObject({
			code: 2,
			err: expect.stringContaining("gone does not exist"),
		});
		expect(await verify(["--secret-env", "S"], ".")).toMatchObject({
			code: 2,
			err: expect.stringContaining("cannot be read: "),
		});
	});
});
