// What the built action signs, over real HTTP: each scheme is accepted by the library of its receivers and by our own.
import { execFileSync } from "node:child_process";
import { verify } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { SCHEMES, SIGNATURES, type Signature } from "../../src/signature/schemes.ts";
import { checkSignature } from "../../src/signature/verify.ts";
import { runCommand, workspace } from "../helpers/runner.ts";
import { delivered, failed, send } from "../helpers/send.ts";
import { type Received, startServer } from "../helpers/server.ts";
import { OTHER_SECRET, SECRET, TOGETHER } from "../helpers/signing.ts";

const ENV = { NEW: SECRET, OLD: `${OTHER_SECRET}\n`, PLAIN: "hunter2-hunter2" };

/**
 * What OpenMetadata's server computes, in a language that is not ours: Base64 of the HMAC, which its `calculateHMAC` makes
 * with `Base64.getEncoder()`, alphabet and padding included.
 * https://github.com/open-metadata/OpenMetadata/blob/main/common/src/main/java/org/openmetadata/common/utils/CommonUtil.java
 */
function openMetadataServer(secret: string, body: string): string {
	const code =
		"import base64, hashlib, hmac, sys; body = sys.stdin.buffer.read(); " +
		"mac = hmac.new(sys.argv[1].encode(), body, hashlib.sha256); " +
		"print('sha256=' + base64.b64encode(mac.digest()).decode())";
	return execFileSync("python3", ["-c", code, secret], { input: body, encoding: "utf8" }).trim();
}

/** Whether the receivers' own library takes the request; a token has none. */
async function isAccepted(scheme: Signature, { body, headers }: Received, secret: string): Promise<boolean> {
	const own = headers[SCHEMES[scheme].header.toLowerCase()] ?? "";
	switch (scheme) {
		case "standard":
			try {
				new Webhook(secret).verify(body, headers);
				return true;
			} catch {
				return false;
			}
		case "token":
			return own === secret;
		case "openmetadata_server":
			return own === openMetadataServer(secret, body);
		case "service_hook":
		case "rocky_ingress":
			return verify(secret, body, `sha256=${own}`);
		case "rocky":
		case "github":
		case "datachonk":
		case "openmetadata":
			return verify(secret, body, own);
	}
}

async function only(more: string): Promise<Received> {
	const server = await startServer({ status: 200 });
	const run = await send(server.url, more, { env: ENV });
	expect(run).toMatchObject(delivered());
	for (const secret of [SECRET, OTHER_SECRET]) expect(run.log).not.toContain(secret.slice("whsec_".length));
	const [request, ...others] = server.requests;
	if (request === undefined || others.length > 0) throw new Error(`${server.requests.length} requests`);
	return request;
}

/** The names of all headers of signatures in a request. */
function signatureNames({ headers }: Received): readonly string[] {
	const own = SIGNATURES.map((scheme) => SCHEMES[scheme].header.toLowerCase());
	return Object.keys(headers).filter((name) => own.includes(name) || name.startsWith("webhook-"));
}

describe.each(SIGNATURES)("%s", (scheme) => {
	const headers =
		scheme === "standard"
			? ["webhook-id", "webhook-timestamp", "webhook-signature"]
			: [SCHEMES[scheme].header.toLowerCase()];

	it("is accepted by its receivers and the command, with the right secret only, and is the only signature", async () => {
		const request = await only(`signature = "${scheme}"\nsecret = "\${NEW}"\nbody_template = '"{{event}} ✓ \\u00e9"'`);
		expect(await isAccepted(scheme, request, SECRET)).toBe(true);
		expect(await isAccepted(scheme, request, OTHER_SECRET)).toBe(false);
		expect(signatureNames(request).toSorted()).toEqual(headers.toSorted());
		const given = headers.flatMap((name) => ["--header", `${name}: ${request.headers[name]}`]);
		const args = ["verify", "--scheme", scheme, "--secret-env", "NEW", ...given];
		const at = { workspace: workspace(), env: ENV };
		expect(await runCommand(args, { ...at, input: request.body })).toMatchObject({
			code: 0,
			stdout: `valid: the body of ${request.raw.length} bytes is signed as ${scheme}\n`,
			stderr: "",
		});
		const other = await runCommand(args, { ...at, input: `${request.body}\n` });
		expect(other).toMatchObject({ code: scheme === "token" ? 0 : 1, stderr: "" });
		expect(other.stdout).toContain(
			scheme === "token" ? "valid: " : `not valid: ${SCHEMES[scheme].header} does not match`,
		);
	});
});

describe("a list of schemes", () => {
	it("is a signature of each, side by side", async () => {
		const request = await only(`signature = ${JSON.stringify(TOGETHER)}\nsecret = "\${NEW}"`);
		for (const scheme of TOGETHER) expect(await isAccepted(scheme, request, SECRET)).toBe(true);
		expect(signatureNames(request)).toHaveLength(TOGETHER.length + 2);
	});
});

describe("rotation", () => {
	it("under standard signs with both secrets, so that no receiver refuses it", async () => {
		const request = await only('signature = ["standard", "rocky"]\nsecret = ["${NEW}", "${OLD}"]');
		expect(request.headers["webhook-signature"]).toMatch(/^v1,\S{44} v1,\S{44}$/);
		for (const secret of [SECRET, OTHER_SECRET]) expect(await isAccepted("standard", request, secret)).toBe(true);
		expect(await isAccepted("standard", request, SECRET.replace("AA", "BB"))).toBe(false);
		expect(await isAccepted("rocky", request, SECRET)).toBe(true);
		expect(await isAccepted("rocky", request, OTHER_SECRET)).toBe(false);
	});

	it("under the others is for receivers: they take either", async () => {
		const { body, headers } = await only('signature = "github"\nsecret = "${OLD}"');
		const request = { body, headers, scheme: "github" } as const;
		expect(checkSignature({ ...request, secret: [SECRET, OTHER_SECRET] })).toBe("valid");
		expect(checkSignature({ ...request, secret: [SECRET] })).toBe("invalid");
	});
});

describe("a renamed header", () => {
	it("stands in place of the scheme's own", async () => {
		const keys = 'signature = "openmetadata"\nsignature_header = "X-Our-Signature"\nsecret = "${NEW}"';
		const request = await only(keys);
		expect(await verify(SECRET, request.body, request.headers["x-our-signature"] ?? "")).toBe(true);
		expect(signatureNames(request)).toEqual([]);
	});
});

it("fault 21: under standard, 500 and then 200 have the same id, each with a fresh timestamp and signature", async () => {
	const server = await startServer({ status: 500, headers: { "Retry-After": "1.1" } }, { status: 200 });
	expect(await send(server.url, 'signature = "standard"\nsecret = "${NEW}"', { env: ENV })).toMatchObject(delivered(2));
	const [first, second] = server.requests;
	if (first === undefined || second === undefined) throw new Error("fewer than two requests");
	for (const request of [first, second]) expect(await isAccepted("standard", request, SECRET)).toBe(true);
	expect(second.raw).toEqual(first.raw);
	expect(first.headers["webhook-id"]).toMatch(/^dlv_[0-9a-f]{32}$/);
	expect(first.headers["x-rocky-delivery"]).toBe(first.headers["webhook-id"]);
	expect(second.headers["webhook-id"]).toBe(first.headers["webhook-id"]);
	expect(Number(second.headers["webhook-timestamp"])).toBeGreaterThan(Number(first.headers["webhook-timestamp"]));
	expect(second.headers["webhook-signature"]).not.toBe(first.headers["webhook-signature"]);
});

it.each([
	["standard", "PLAIN", "secret is not valid for the scheme standard, which takes whsec_ and base64 of 24 to 64 bytes"],
	["token", "LINES", "secret has a character that is not allowed in headers, and the scheme token sends it as one"],
])(
	"a secret from a variable that %s cannot use fails the hook, unsent and unnamed",
	async (scheme, variable, reason) => {
		const server = await startServer({ status: 200 });
		const env = { ...ENV, LINES: "hunter2\nhunter2" };
		const run = await send(server.url, `signature = "${scheme}"\nsecret = "\${${variable}}"`, { env });
		expect(run).toMatchObject(failed(reason, 0));
		expect(run.log + run.stderr).not.toContain("hunter2");
		expect(server.requests).toEqual([]);
	},
);
