// `enable`: switches a hook on again that its receiver has switched off.
import { count, excerpt } from "../lib/text.ts";
import { belongsTo } from "../model/scope.ts";
import { defineCommand, EXIT } from "./command.ts";
import { CONFIG, STORE } from "./fire.ts";
import { hookNamed } from "./recorded-hook.ts";
import { findStore, good, type StoreFlags, toType } from "./store.ts";

export const registerEnable = defineCommand<StoreFlags>(
	(program) =>
		program
			.command("enable")
			.summary("switch on a hook that its receiver has switched off")
			.description(
				"Switches on a hook that its receiver has switched off, by a 410 or the header `webhook-delivery: disable`. " +
					"What was stored for it meanwhile is sent by `redeliver`.",
			)
			.argument("<name>", "name of the hook")
			.option(...CONFIG)
			.option(...STORE)
			.option("--json", "write JSON"),
	"enable tell-slack",
	async (call) => {
		const { argument: name = "", flags, json, reporter } = call;
		const { run, use } = await findStore(call);
		const hook = hookNamed(name, run.config);
		await use(async ({ records, scope, list, switchedOff }) => {
			const off = (await switchedOff()).filter(({ hook }) => hook === name);
			for (const each of off) good(await records.enable(each));
			const isEnabled = off.length > 0;
			const now = Date.now();
			const waiting = (await list({ hook: name, states: ["waiting"] })).filter(({ record }) =>
				belongsTo(record.scope, scope),
			);
			const late = waiting.filter(({ record }) => record.expires <= now).length;
			if (json) {
				reporter.printJson({
					hook: name,
					enabled: isEnabled,
					reason: off[0]?.reason,
					waiting: waiting.length,
					expired: late,
				});
				return;
			}
			const [first] = off;
			const was = first === undefined ? "" : `; it was off because of ${excerpt(reporter.redact(first.reason), 300)}`;
			reporter.print(isEnabled ? `${name} is switched on${was}` : `${name} is not switched off in the store`);
			if (!hook.enabled) reporter.print(`the config disables it: remove enabled = false`);
			if (waiting.length === 0) return;
			const send = toType(["redeliver", "--hook", name], flags);
			reporter.print(`${count(waiting.length, "stored message")} for it: \`${send}\` sends what is due`);
			if (late > 0) {
				const all = toType(["redeliver", "--hook", name, "--all"], flags);
				reporter.print(`${late} of them older than its max_age, and would expire: \`${all}\` sends these too`);
			}
		});
		return EXIT.ok;
	},
);
