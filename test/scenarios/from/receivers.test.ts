// The receivers that docs/from gives to copy: they take what the built command sends, and nothing that was changed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Received, startServer } from "../../helpers/server.ts";
import { blocks, environment, fileOf, folderOf, pageText, runShell } from "./page.ts";
import { flip, post, type Receiver, type ReceiverFile, startReceiver } from "./receiver.ts";

/** A page's receiver, what is fired at it, what it prints then, and what a changed body of it looks like. */
interface Case {
	readonly page: string;
	readonly file: ReceiverFile;
	/** Which of the page's TOML blocks, and of its HTTP blocks; the first by default. */
	readonly config?: number;
	readonly fire: string;
	readonly prints: string;
	/** The variable with the secret that a wrong one replaces. */
	readonly secret: string;
	/** The header that proves the sender. */
	readonly header: string;
	/** Of the body; the last character of it is changed. Undefined where the receiver proves nothing about the body. */
	readonly part: string | undefined;
}

const CASES: readonly Case[] = [
	{
		page: "openmetadata.md",
		file: "receiver.py",
		fire: "fire entityUpdated --context @event.json",
		prints: "entityUpdated table customers",
		secret: "OPENMETADATA_SECRET",
		header: "x-openmetadata-signature",
		part: "PII.Sensitive",
	},
	{
		page: "openmetadata.md",
		file: "server_receiver.py",
		config: 1,
		fire: "fire entityUpdated --context @event.json",
		prints: "entityUpdated table customers",
		secret: "OPENMETADATA_SECRET",
		header: "x-om-signature",
		part: "PII.Sensitive",
	},
	{
		page: "datachonk.md",
		file: "receiver.ts",
		fire: "fire generation.completed --context @event.json",
		prints: "generation.completed proj_xyz789 dim_kundengröße_東京",
		secret: "DATACHONK_SECRET",
		header: "x-datachonk-signature",
		part: "東京",
	},
	{
		page: "arraylake.md",
		file: "receiver.py",
		fire: "fire NewCommit --context @event.json",
		prints: "new commit in ocean 507f1f77bcf86cd799439011",
		secret: "ARRAYLAKE_TOKEN",
		header: "x-secret-token",
		part: undefined,
	},
	{
		page: "etl-service-hooks.md",
		file: "receiver.py",
		fire: "fire job.completed --context @event.json",
		prints: "job.completed 157 completed",
		secret: "SERVICE_HOOK_SECRET",
		header: "x-hook-signature",
		part: "10415234",
	},
];

/** Fires with the page's config at a URL; the command's own end is told. */
async function fireAt(url: string, page: string, fire: string, env: Readonly<Record<string, string>> = {}, config = 0) {
	const slack = await startServer({ status: 200, body: "ok" });
	const folder = folderOf(page, blocks(page, "toml")[config] ?? "", { url });
	return runShell(`pipeline-hooks ${fire}`, folder, { ...environment(page, slack), ...env });
}

/** The request that the page's config sends, as it came. */
async function capture(page: string, fire: string, path: string, config: number): Promise<Received> {
	const server = await startServer({ status: 200, body: "ok" });
	await fireAt(server.url, page, fire, {}, config);
	const request = server.requests.find((one) => one.path === path);
	if (request === undefined) throw new Error(`nothing was sent to ${path}`);
	return request;
}

const start = (page: string, file: Case["file"], more: Readonly<Record<string, string>> = {}): Promise<Receiver> =>
	startReceiver(page, file, { ...environment(page, { url: "" }), ...more });

describe.each(CASES)("$page: $file", ({ page, file, config = 0, fire, prints, secret, header, part }) => {
	const [, path = ""] = /^POST (\S+)/m.exec(blocks(page, "http")[config] ?? "") ?? [];

	test("takes what is sent", async () => {
		const receiver = await start(page, file);
		const run = await fireAt(receiver.url, page, fire, {}, config);
		expect(run).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("· 204 ·") });
		await expect.poll(() => receiver.printed).toEqual([prints]);
	});

	test("does not start without a secret, with which it would take anything", async () => {
		await expect(start(page, file, { [secret]: "" })).rejects.toThrow("does not listen");
	});

	test("refuses a wrong secret, and the run says so", async () => {
		const receiver = await start(page, file);
		const run = await fireAt(receiver.url, page, fire, { [secret]: "another-secret" }, config);
		expect(run.code).toBe(0);
		expect(run.stdout + run.stderr).toContain("401");
		expect(run.stdout + run.stderr).not.toContain("another-secret");
		expect(receiver.printed).toEqual([]);
	});

	test("refuses a changed byte of what proves the sender, another header in its place, and none", async () => {
		const receiver = await start(page, file);
		const request = await capture(page, fire, path, config);
		const value = request.headers[header] ?? "";
		for (const changed of [flip(value, value), flip(value, value.slice(0, 1)), value.slice(1), `${value}0`, "ä", ""])
			expect(await post(receiver, request, { headers: { [header]: changed } }), changed).toBe(401);
		const { [header]: _, ...headers } = request.headers;
		expect(await post(receiver, { ...request, headers })).toBe(401);
		expect(receiver.printed).toEqual([]);
		expect(await post(receiver, request)).toBe(204);
		await expect.poll(() => receiver.printed).toEqual([prints]);
	});

	test(
		part === undefined ? "can refuse a body only that is no longer JSON" : "refuses a changed byte of the body",
		async () => {
			const receiver = await start(page, file);
			const request = await capture(page, fire, path, config);
			const body = part === undefined ? `${request.body}}` : flip(request.body, part);
			expect(await post(receiver, request, { body: Buffer.from(body) })).toBe(part === undefined ? 400 : 401);
			expect(receiver.printed).toEqual([]);
		},
	);
});

describe("openmetadata.md", () => {
	const page = "openmetadata.md";

	test("its receiver takes batches, and each event once", async () => {
		const receiver = await start(page, "receiver.py");
		for (const time of ["first", "again"]) {
			const run = await fireAt(receiver.url, page, "fire --events-file events.jsonl", {}, 2);
			expect(run, time).toMatchObject({ code: 0, stderr: "" });
		}
		await expect.poll(() => receiver.printed).toEqual(["entityCreated table orders", "entityDeleted table orders_old"]);
	});

	test("its filters", async () => {
		const cases: readonly (readonly [
			event: string,
			context: { readonly entity: object; readonly changes?: object },
			sent: boolean,
		])[] = [
			["entityCreated", { entity: { type: "dashboard", domain: { type: "domain", name: "Sales" } } }, true],
			["entityCreated", { entity: { type: "dashboard", domain: "Sales" } }, true],
			["entityCreated", { entity: { type: "dashboard", domain: "Finance" } }, false],
			["entityCreated", { entity: { type: "topic", domain: "Sales" } }, false],
			["entityUpdated", { entity: { type: "table" }, changes: [{ field: "owner", new: "ann" }] }, true],
			["entityUpdated", { entity: { type: "table" }, changes: [{ field: "description", new: "x" }] }, false],
			[
				"entityUpdated",
				{ entity: { type: "table", domain: "Sandbox" }, changes: [{ field: "owner", new: "ann" }] },
				false,
			],
			["entityDeleted", { entity: { type: "topic" } }, true],
			["entitySoftDeleted", { entity: { type: "topic" } }, false],
		];
		const server = await startServer({ status: 200 });
		const folder = folderOf(page, blocks(page, "toml")[0] ?? "", server);
		const lines = cases.map(([event, context], n) => {
			return JSON.stringify({ ...context, event, entity: { ...context.entity, name: `${n}` } });
		});
		writeFileSync(join(folder, "all.jsonl"), lines.join("\n"));
		const run = await runShell("pipeline-hooks fire --events-file all.jsonl", folder, environment(page, server));
		expect(run).toMatchObject({ code: 0, stderr: "" });
		const sent = server.requests.map(({ body }) => Number(JSON.parse(body).entity.name)).toSorted((a, b) => a - b);
		expect(sent).toEqual(cases.flatMap(([, , isSent], n) => (isSent ? [n] : [])));
	});
});

describe("datachonk.md", () => {
	const page = "datachonk.md";

	test("its event has text beyond ASCII, and numbers that JavaScript writes otherwise", () => {
		const event = fileOf(page, "event.json");
		for (const number of ["1234.0", "0.1", "1e21", "-0"]) expect(event).toMatch(new RegExp(`: ${number}\\b`));
		expect(event).toMatch(/[^\p{ASCII}]/u);
	});

	test("a receiver that re-serialises agrees with the signature, whatever the data", async () => {
		const numbers = "1.0 -0 -0.0 0.1 1e21 1E+2 1e-7 5e-324 1.7976931348623157e308 123456789012345680000";
		const texts = ['"\\u2028\\ud83d\\ude00\\/\\u0000"', '"\\ud800"', '"größer 東京 é"', '""'];
		const written = [...numbers.split(" "), ...texts].map((value) => `{"value": ${value}, "2": 1, "1": [${value}]}`);
		const any = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" }));
		const made = fc.sample(any, { numRuns: 150, seed: 20_261_121 }).map((data) => JSON.stringify(data));
		const lines = [...written, ...made].map((data) => `{"event": "push.completed", "data": ${data}}`);
		const receiver = await start(page, "receiver.ts");
		const folder = folderOf(page, blocks(page, "toml")[0] ?? "", receiver);
		writeFileSync(join(folder, "all.jsonl"), lines.join("\n"));
		const run = await runShell("pipeline-hooks fire --events-file all.jsonl", folder, environment(page, receiver));
		expect(run).toMatchObject({ code: 0, stderr: "" });
		expect(run.stdout).toContain(`${lines.length} delivered, 0 failed`);
		await expect.poll(() => receiver.printed).toHaveLength(lines.length);
	});

	test("a number of which such a receiver loses digits is not sent, and the reason says what to do", async () => {
		const server = await startServer({ status: 200 });
		const command = `fire push.completed --context '{"data": {"job": 1152921506151679042}}'`;
		const run = await fireAt(server.url, page, command, {});
		expect(run.stdout + run.stderr).toContain(
			"a number that would lose digits in a DataChonk receiver: put it in quotes",
		);
		expect(server.requests).toEqual([]);
	});
});

test.each([
	["datachonk.md", "project_id:proj_xyz789", "fire push.completed --context @event.json"],
	["arraylake.md", "repo_name:ocean", "fire commit --context @event.json"],
])("%s: the filter %s that its table names holds for its event, and another does not", async (page, item, fire) => {
	const [config = ""] = (blocks(page, "toml")[0] ?? "").split("\n\n");
	expect(pageText(page)).toContain(`include = ["${item}"]`);
	for (const [filter, count] of [
		[item, 1],
		[`${item}x`, 0],
	] as const) {
		const server = await startServer({ status: 200 });
		const folder = folderOf(page, `${config.trimEnd()}\nfilter = { include = ["${filter}"] }\n`, server);
		expect(await runShell(`pipeline-hooks ${fire}`, folder, environment(page, server))).toMatchObject({ code: 0 });
		expect(server.requests).toHaveLength(count);
	}
});
