// Git as records run it: what it gets of the job, what it obeys, and how a server's refusals are taken.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Records } from "../../../../src/model/records.ts";
import { gitIn, openRecords, refOf, writeRef } from "../../../helpers/git-records.ts";
import { good, record } from "../../../helpers/records.ts";
import { workspace } from "../../../helpers/runner.ts";

const times = { now: 5000, until: 6000 };

/** A repository with these hooks, as shell scripts that are run in it. */
function repository(hooks: Readonly<Record<string, string>> = {}): string {
	const files = Object.entries(hooks).map(([name, script]) => [`remote.git/hooks/${name}`, `#!/bin/sh\n${script}\n`]);
	const folder = join(workspace(Object.fromEntries(files)), "remote.git");
	gitIn(tmpdir(), ["init", "-q", "--bare", folder]);
	for (const name of Object.keys(hooks)) chmodSync(join(folder, "hooks", name), 0o755);
	return folder;
}

async function opening(remote: string, more: Parameters<typeof openRecords>[1] = {}): Promise<Records> {
	return good(await openRecords(remote, more));
}

const all = async (store: Records) => good(await store.list({})).records;

describe("git", () => {
	it("gets nothing of the job but what it takes to reach the remote", async () => {
		const remote = repository({ "pre-receive": "env >seen" });
		const PATH = process.env["PATH"] ?? "";
		const kept = { PATH, https_proxy: "http://proxy", NO_PROXY: "x", GIT_SSL_CAINFO: "/ca" };
		const dropped = {
			SECRET: "1",
			GITHUB_TOKEN: "2",
			GIT_SSH_COMMAND: "3",
			GIT_ASKPASS: "4",
			GIT_TRACE: "5",
			GIT_EXEC_PATH: "6",
		};
		const store = await opening(remote, { env: { ...kept, ...dropped } });
		expect(await store.put([record("1")])).toBeUndefined();
		await store.close();
		const seen = readFileSync(join(remote, "seen"), "utf8")
			.split("\n")
			.map((line) => line.split("=", 1)[0] ?? "");
		const own = seen.filter((name) => !/^(GIT_|HOME$|LC_ALL$|PWD$|OLDPWD$|SHLVL$|_?$)/.test(name));
		expect(own.toSorted()).toEqual(["NO_PROXY", "PATH", "https_proxy"]);
		expect(seen.filter((name) => name in dropped && name !== "GIT_EXEC_PATH")).toEqual([]);
	});

	it("obeys no settings of the machine or the user", async () => {
		const remote = repository();
		const hooks = workspace({ "pre-push": "#!/bin/sh\ntouch ran\nexit 1\n" });
		chmodSync(join(hooks, "pre-push"), 0o755);
		const home = workspace({ ".gitconfig": `[core]\n\thooksPath = ${hooks}\n[url "/nowhere"]\n\tinsteadOf = /\n` });
		const GIT_CONFIG_GLOBAL = join(home, ".gitconfig");
		const store = await opening(remote, { env: { ...process.env, HOME: home, GIT_CONFIG_GLOBAL, GIT_DIR: home } });
		expect(await store.put([record("1")])).toBeUndefined();
		expect(existsSync(join(hooks, "ran"))).toBe(false);
		await store.close();
	});

	it("leaves nothing in the temporary folder", async () => {
		const temp = workspace();
		const store = await opening(repository(), { temp });
		await store.put([record("1")]);
		expect(readdirSync(temp).length).toBe(1);
		await store.close();
		expect(readdirSync(temp)).toEqual([]);
	});

	it("that is missing is a failure", async () => {
		const problem = "git was not found: install it, or use another store";
		expect(await openRecords("/r", { env: { PATH: "/nowhere" } })).toEqual({ problem, isMissing: true });
	});

	it("that has no folder for its files is a failure", async () => {
		const problem = "/nowhere: git's files cannot be written there: ENOENT";
		expect(await openRecords("/r", { temp: "/nowhere" })).toEqual({ problem });
	});

	it("that is too old is a failure, and leaves nothing behind", async () => {
		const [bin, temp] = [workspace({ git: "#!/bin/sh\necho git version 2.30.2\n" }), workspace()];
		chmodSync(join(bin, "git"), 0o755);
		const problem = "the git store needs git 2.31 or later, and this is git version 2.30.2";
		expect(await openRecords("/r", { env: { PATH: bin }, temp })).toEqual({ problem, isMissing: true });
		expect(readdirSync(temp)).toEqual([]);
	});
});

describe("a repository", () => {
	it("that refuses what is no fast-forward takes all changes", async () => {
		const remote = repository();
		gitIn(remote, ["config", "receive.denyNonFastForwards", "true"]);
		const store = await opening(remote);
		await store.put([record("1")]);
		const [claimed] = good(await store.claim(await all(store), times));
		if (claimed === undefined) throw new Error("not claimed");
		expect(await store.settle([{ from: claimed, to: record("1", { failures: 2 }) }])).toEqual([]);
		expect((await all(store)).map((each) => each.record.failures)).toEqual([2]);
		await store.close();
	});

	it("whose rules refuse a push is quoted, and not asked again", async () => {
		const remote = repository({ "pre-receive": "echo >>asked; echo 'Cannot create ref: see rules' >&2; exit 1" });
		const store = await opening(remote);
		expect(await store.put([record("1"), record("2")])).toEqual({
			problem: `${remote} refused a push: [remote rejected] (pre-receive hook declined); Cannot create ref: see rules`,
		});
		expect(readFileSync(join(remote, "asked"), "utf8")).toBe("\n");
		await store.close();
	});

	it("is asked and changed by one process at many places at once", async () => {
		const store = await opening(repository());
		const ids = ["1", "2", "3", "4", "5", "6"];
		await store.put(ids.map((id) => record(id)));
		const work = async (listed: Awaited<ReturnType<typeof all>>[number]) => {
			const [from] = good(await store.claim([listed], times));
			if (from === undefined) return "not claimed";
			await store.list({});
			return good(await store.settle([{ from, to: undefined }]));
		};
		expect(await Promise.all((await all(store)).map(work))).toEqual(ids.map(() => []));
		expect(await all(store)).toEqual([]);
		await store.close();
	});

	it("takes records whatever their ids are", async () => {
		const ids = [
			"",
			"../../heads/main",
			"a b\n\0",
			"--force",
			"𝄞",
			"x".repeat(5000),
			"refs/heads/main:refs/heads/x",
			"@{0}^~",
		];
		const remote = repository();
		const store = await opening(remote);
		expect(await store.put(ids.map((id) => record(id)))).toBeUndefined();
		expect((await all(store)).map((each) => each.record.id)).toEqual(ids);
		const names = gitIn(remote, ["for-each-ref", "--format=%(refname)"]).split("\n");
		expect(names.filter((name) => !/^refs\/pipeline-hooks\/v1\/[0-9a-f]{32}$/.test(name))).toEqual([]);
		await store.close();
	});

	it("that takes one record and refuses the other has the first, which stays as it is", async () => {
		const remote = repository({ update: `test "$1" != ${refOf("2")} || test -f more` });
		const store = await opening(remote);
		expect(await store.put([record("1"), record("2")])).toEqual({
			problem: expect.stringContaining("[remote rejected] (hook declined)"),
		});
		writeFileSync(join(remote, "more"), "");
		expect(await store.put([record("1", { hook: "other" }), record("2")])).toBeUndefined();
		expect((await all(store)).map((each) => [each.record.id, each.record.hook])).toEqual([
			["1", "tell"],
			["2", "tell"],
		]);
		await store.close();
	});

	it("in which a lock is in the way is asked again", async () => {
		const lock = `${refOf("1")}.lock`;
		const remote = repository({ "pre-receive": `test -f once && rm -f ${lock}; >once` });
		mkdirSync(join(remote, dirname(lock)), { recursive: true });
		writeFileSync(join(remote, lock), "");
		const store = await opening(remote);
		expect(await store.put([record("1"), record("2")])).toBeUndefined();
		expect((await all(store)).map((each) => each.record.id)).toEqual(["1", "2"]);
		await store.close();
	});

	it("in which somebody else is faster by a moment gives the record to them", async () => {
		const remote = repository();
		const store = await opening(remote);
		await store.put([record("1"), record("2")]);
		const listed = await all(store);
		const id = gitIn(remote, ["rev-parse", refOf("2")]);
		// After the check of the lease, and before the update.
		writeFileSync(
			join(remote, "hooks/pre-receive"),
			`#!/bin/sh\nenv -u GIT_QUARANTINE_PATH git update-ref ${refOf("1")} ${id}\n`,
			{ mode: 0o755 },
		);
		const claimed = good(await store.claim(listed, times));
		expect(claimed.map((each) => each.record.id)).toEqual(["2"]);
		await store.close();
	});

	it("gives a record to one of two who claim it at once until the same time", async () => {
		const remote = repository();
		const [one, other] = [await opening(remote), await opening(remote)];
		await one.put([record("1"), record("2")]);
		const lists = await Promise.all([one, other].map(all));
		const claims = await Promise.all([one, other].map((store, at) => store.claim(lists[at] ?? [], times)));
		const ids = claims.flatMap((claim) => good(claim).map((each) => each.record.id));
		expect(ids.toSorted()).toEqual(["1", "2"]);
		await Promise.all([one, other].map((store) => store.close()));
	});

	it("in which others have made refs is read without them", async () => {
		const remote = repository();
		const store = await opening(remote);
		await store.put([record("1")]);
		writeRef(remote, refOf("2"), gitIn(remote, ["cat-file", "blob", `${refOf("1")}:record.json`]));
		gitIn(remote, ["update-ref", refOf("3"), gitIn(remote, ["hash-object", "-w", "--stdin"], "x")]);
		gitIn(remote, ["update-ref", refOf("4"), gitIn(remote, ["rev-parse", `${refOf("1")}^{tree}`])]);
		gitIn(remote, ["update-ref", "refs/pipeline-hooks/v2/5", gitIn(remote, ["rev-parse", refOf("1")])]);
		const { records, invalid } = good(await store.list({}));
		expect([records.map((each) => each.record.id), invalid]).toEqual([["1"], 3]);
		await store.close();
	});
});
