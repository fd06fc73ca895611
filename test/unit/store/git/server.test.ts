// Records in a repository behind git's own server: who may ask it, what it is told, and what is said when it refuses.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Records } from "../../../../src/model/records.ts";
import { type GitRecordsOptions, openGitRecords } from "../../../../src/store/git/refs.ts";
import { startGitServer } from "../../../helpers/git-http.ts";
import { gitIn, refOf } from "../../../helpers/git-records.ts";
import { processesWith } from "../../../helpers/processes.ts";
import { good, record } from "../../../helpers/records.ts";
import { workspace } from "../../../helpers/runner.ts";

const TOKEN = `ghs_${randomUUID()}`;
const AUTHORIZATION = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`;

/** A folder with an empty repository, `remote.git`. */
function repositories(): string {
	const folder = workspace();
	gitIn(folder, ["init", "-q", "--bare", "remote.git"]);
	gitIn(join(folder, "remote.git"), ["config", "http.receivepack", "true"]);
	return folder;
}

async function serving(refuse?: Parameters<typeof startGitServer>[2]) {
	const root = repositories();
	const server = await startGitServer(root, AUTHORIZATION, refuse);
	const open = async (more: Partial<GitRecordsOptions> = {}): Promise<Records> =>
		good<Records>(
			await openGitRecords({
				remote: `${server.url}/remote.git`,
				token: { value: TOKEN, server: server.url },
				env: { PATH: process.env["PATH"], GIT_SSL_CAINFO: server.ca },
				temp: tmpdir(),
				...more,
			}),
		);
	return { root, server, open };
}

const isPush = (url = "") => url.includes("receive-pack");

describe("behind a server", () => {
	it("records are put, claimed, settled and removed", async () => {
		const { open } = await serving();
		const [store, other] = [await open(), await open()];
		expect(await store.put([record("1"), record("2")])).toBeUndefined();
		const listed = good(await other.list({})).records;
		expect(listed.map((each) => each.record.id)).toEqual(["1", "2"]);
		const [one, two] = good(await other.claim(listed, { now: 5000, until: 6000 }));
		if (one === undefined || two === undefined) throw new Error("not claimed");
		expect(good(await store.claim(listed, { now: 5000, until: 6000 }))).toEqual([]);
		const to = { ...two.record, failures: 2 };
		expect(
			await other.settle([
				{ from: one, to: undefined },
				{ from: two, to },
			]),
		).toEqual([]);
		expect(good(await store.list({})).records.map((each) => each.record)).toEqual([to]);
		await Promise.all([store.close(), other.close()]);
	});

	it("eight jobs that put at once lose nothing", async () => {
		const { open, server } = await serving();
		const jobs = await Promise.all(Array.from({ length: 8 }, () => open()));
		const ids = jobs.map((_, job) => [0, 1, 2].map((n) => `${job}-${n}`));
		const put = await Promise.all(jobs.map((store, job) => store.put((ids[job] ?? []).map((id) => record(id)))));
		expect(put).toEqual(jobs.map(() => undefined));
		// One push each: what is there, and the change.
		expect(server.requests.filter(isPush).length).toBe(16);
		const [reader] = jobs;
		const { records } = good(await (reader ?? (await open())).list({}));
		expect(records.map((each) => each.record.id).toSorted()).toEqual(ids.flat().toSorted());
		await Promise.all(jobs.map((store) => store.close()));
	});

	it("one process asks one thing after the other, so that it never takes what was for what is", async () => {
		const { open, server } = await serving();
		const store = await open();
		const put = ["1", "2", "3"].map((id) => store.put([record(id)]));
		await Promise.all([...put, store.list({}), store.disabled()]);
		expect(good(await store.list({})).records.length).toBe(3);
		// Each program begins with a GET, and goes on with a POST.
		const order = server.requests.map((request) => request.slice(0, 1)).join("");
		expect(order).toMatch(/^(GP+)+$/);
		await store.close();
	});

	it("the token is in no command line", async () => {
		let seen: readonly string[] | undefined;
		const { open } = await serving(({ url }) => {
			if (isPush(url)) seen = [TOKEN, AUTHORIZATION.slice(6)].flatMap(processesWith);
			return undefined;
		});
		const store = await open();
		expect(await store.put([record("1")])).toBeUndefined();
		expect(seen).toEqual([]);
		await store.close();
	});

	const refusals: Readonly<Record<string, readonly [status: number, problem: string]>> = {
		"may not write": [403, "may not be used with this token (403): the job needs `permissions: contents: write`"],
		"has another token": [
			401,
			"does not accept the token (401): give the job `permissions: contents: write`, and the step its github-token",
		],
		"sees no such repository": [404, "is not there, or the token may not see it (404)"],
		"is sent elsewhere": [301, "has moved: give the store its new URL"],
	};
	it.each(Object.entries(refusals))("a job that %s is told so at once", async (_, [status, problem]) => {
		const { open, server } = await serving(({ url }) => (isPush(url) ? status : undefined));
		const store = await open();
		expect(await store.put([record("1")])).toEqual({ problem: `${server.url}/remote.git ${problem}` });
		expect(server.requests.filter(isPush).length).toBeLessThanOrEqual(2);
		await store.close();
	});

	it("a server that fails once is asked again", async () => {
		let left = 1;
		const { open } = await serving(({ url }) => (isPush(url) && left-- > 0 ? 503 : undefined));
		const store = await open();
		expect(await store.put([record("1")])).toBeUndefined();
		expect(good(await store.list({})).records.length).toBe(1);
		await store.close();
	});

	it("an answer that gets lost is not taken for a failure", async () => {
		let before: string | undefined;
		const { open, root } = await serving(({ url, method, socket }) => {
			if (method !== "POST" || !isPush(url) || before === undefined) return undefined;
			const wait = setInterval(() => {
				if (refIn(root) === before) return;
				clearInterval(wait);
				socket.destroy();
			}, 1);
			onTestFinished(() => clearInterval(wait));
			return undefined;
		});
		const refIn = (folder: string) => readFileSync(join(folder, "remote.git", refOf("1")), "utf8");
		const store = await open();
		await store.put([record("1")]);
		const listed = good(await store.list({})).records;
		before = refIn(root);
		const claimed = good(await store.claim(listed, { now: 5000, until: 6000 }));
		expect(claimed.map((each) => each.revision)).toEqual([refIn(root).trim()]);
		await store.close();
	});

	it("a server that is not there is said by git's own words", async () => {
		const { open } = await serving();
		const store = await open({ remote: "https://127.0.0.1:1/remote.git" });
		expect(await store.list({})).toEqual({
			problem: expect.stringMatching(
				/^https:\/\/127\.0\.0\.1:1\/remote\.git: unable to access .* connect to 127\.0\.0\.1/,
			),
		});
		await store.close();
	});

	it("a server whose certificate nobody vouches for is not asked", async () => {
		const { open, server } = await serving();
		const store = await open({ env: { PATH: process.env["PATH"] } });
		expect(await store.list({})).toEqual({
			problem: `${server.url}/remote.git has a certificate that git does not trust: name the file of its authority in GIT_SSL_CAINFO`,
		});
		expect(server.requests).toEqual([]);
		await store.close();
	});

	it("a server that never answers is given up", async () => {
		const { open } = await serving(() => "silence");
		const store = await open({ timeoutMs: 300 });
		expect(await store.put([record("1")])).toEqual({ problem: "git push took longer than 0.3 s" });
		await store.close();
	});
});
