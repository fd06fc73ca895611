// Batches over the steps of a job whose config changes between them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Body, configIn, heldIn, hook, OK, setUp } from "../helpers/batches.ts";

describe("a config that changes between the steps loses nothing of what is held:", () => {
	const own = '[event.deploy_approved]\nphase = "deploy"\ntitle = "Deploy approved"\n';

	async function changed(change: (config: string) => string, before: string = "") {
		const setting = await setUp((url) => before + hook(url), OK);
		await setting.step(before === "" ? "check_result" : "deploy_approved");
		await setting.step("after_checks");
		const path = join(setting.folder, "pipeline-hooks.toml");
		writeFileSync(path, change(configIn(setting.folder)));
		return { ...setting, last: await setting.step("pipeline_complete") };
	}

	it("an event that it no longer declares", async () => {
		const { last, sent } = await changed((config) => config.replace(own, ""), own);
		expect(sent()).toEqual([["deploy_approved", "after_checks", "pipeline_complete"]]);
		expect(last.annotations).toEqual([]);
	});

	it("a hook that no longer batches sends each by itself", async () => {
		const { server } = await changed((config) => config.replace("batch_size = 5", ""));
		expect(
			server.requests.map(({ body, headers }) => [JSON.parse(body).event, headers["x-rocky-event"]]).sort(),
		).toEqual(["after_checks", "check_result", "pipeline_complete"].map((name) => [name, name]));
	});

	it("a hook that makes batches of one sends what it held for larger ones", async () => {
		const { sent } = await changed((config) => config.replace("batch_size = 5", "batch_size = 1"));
		expect(sent().sort()).toEqual([["after_checks"], ["check_result"], ["pipeline_complete"]]);
	});

	it.each([
		["is disabled", "enabled = false", "it is disabled"],
		["has become a gate", 'on_failure = "abort"', "it has become a gate, which is never batched"],
	])("a hook that %s keeps it, and each step that would send it says so", async (_, key, why) => {
		const { server, last, temp, folder, flush } = await changed((config) => config.replace("batch_size = 5", key));
		expect(last.annotations.map(({ message }) => message)).toContain(
			`audit: its held events stay held: ${why} [not_held]`,
		);
		expect(heldIn(temp)).toHaveLength(2);
		writeFileSync(join(folder, "pipeline-hooks.toml"), configIn(folder).replace(key, "batch_size = 5"));
		await flush();
		const { events }: Body = JSON.parse(server.requests.at(-1)?.body ?? "");
		expect(events.map(({ event }) => event)).toEqual(["check_result", "after_checks"]);
	});

	it("a hook of another name leaves it where it is, and that is told", async () => {
		const { last, temp } = await changed((config) => config.replace('"audit"', '"auditor"'));
		expect(last.log).toContain(
			"events stay held for 1 webhook that pipeline-hooks.toml does not have: `flush` sends them with a config that has",
		);
		expect([last.annotations, heldIn(temp).length]).toEqual([[], 2]);
	});
});
