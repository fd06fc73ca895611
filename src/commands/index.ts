// The commands, in the order of the help.
import type { Register } from "./command.ts";
import { registerDeliveries } from "./deliveries.ts";
import { registerDemo } from "./demo.ts";
import { registerEnable } from "./enable.ts";
import { registerEvents } from "./events.ts";
import { registerExport } from "./export.ts";
import { registerFire, registerFlush, registerTest } from "./fire.ts";
import { registerImport } from "./import.ts";
import { registerList } from "./list.ts";
import { registerListen } from "./listen.ts";
import { registerPrune } from "./prune.ts";
import { registerRedeliver } from "./redeliver.ts";
import { registerRender } from "./render.ts";
import { registerSecret } from "./secret.ts";
import { registerStatus } from "./status.ts";
import { registerValidate } from "./validate.ts";
import { registerVerify } from "./verify.ts";
import { registerWork } from "./work.ts";

export const COMMANDS: readonly Register[] = [
	registerFire,
	registerTest,
	registerRender,
	registerList,
	registerValidate,
	registerEvents,
	registerFlush,
	registerRedeliver,
	registerWork,
	registerDeliveries,
	registerStatus,
	registerEnable,
	registerPrune,
	registerListen,
	registerVerify,
	registerSecret,
	registerImport,
	registerExport,
	registerDemo,
	registerRockys,
];

/** `hooks list` and `hooks test`, as Rocky has them. */
function registerRockys(...[program, terminal, done]: Parameters<Register>): void {
	const hooks = program.command("hooks").summary("list and test, under their names in Rocky");
	registerList(hooks, terminal, done);
	registerTest(hooks, terminal, done);
}
