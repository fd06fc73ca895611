// The certificates of a `ca_file`: where they are read, how often, and what is no such file.
import { expect, it, test } from "vitest";
import { caFileReader } from "../../../src/deliver/ca-file.ts";
import { fakeFiles } from "../../helpers/fakes.ts";
import { certificate } from "../../helpers/net.ts";

const [one, two] = [certificate("IP:127.0.0.1").cert.toString(), certificate("IP:127.0.0.1").cert.toString()];

it("reads a file below the workspace or an absolute one, each once", async () => {
	const files = fakeFiles({ "/work/certs/ca.pem": `# ours\n${one}`, "/etc/ca.pem": `${one}${two}` });
	const read = caFileReader(files, "/work");
	expect(await read("certs/ca.pem")).toEqual({ pem: one.trim() });
	expect(await read("/etc/ca.pem")).toEqual({ pem: `${one}${two}`.trim() });
	await Promise.all([read("certs/ca.pem"), read("/etc/ca.pem")]);
	expect(files.reads).toEqual(["/work/certs/ca.pem", "/etc/ca.pem"]);
});

it("asks for 1 MB at most", async () => {
	const limits: number[] = [];
	const files = {
		...fakeFiles(),
		read: async (_: string, limit: number) => ({ kind: "missing", limit: limits.push(limit) }) as const,
	};
	await caFileReader(files, "/work")("ca.pem");
	expect(limits).toEqual([1024 * 1024]);
});

test.each([
	["missing.pem", "ca_file missing.pem not found"],
	["key.pem", "ca_file key.pem has no certificate in PEM (-----BEGIN CERTIFICATE-----)"],
	["empty.pem", "ca_file empty.pem has no certificate in PEM (-----BEGIN CERTIFICATE-----)"],
	["damaged.pem", "ca_file damaged.pem: certificate 2 of 2 is damaged"],
	["first.pem", "ca_file first.pem: certificate 1 of 2 is damaged"],
])("%s has none", async (file, reason) => {
	const files = fakeFiles({
		"/work/key.pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"/work/empty.pem": "",
		"/work/damaged.pem": `${one}${two.replace(/^MII/m, "MIX")}`,
		"/work/first.pem": `${one.replace(/^MII/m, "MIX")}${two}`,
	});
	expect(await caFileReader(files, "/work")(file)).toEqual({ reason });
});

it("tells why a file cannot be read", async () => {
	const files = { ...fakeFiles(), read: async () => ({ kind: "unreadable", detail: "permission denied" }) as const };
	expect(await caFileReader(files, "/work")("ca.pem")).toEqual({
		reason: "ca_file ca.pem cannot be read: permission denied",
	});
});
