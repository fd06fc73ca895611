// The commands, in the order of the help.
import type { Register } from "./command.ts";
import { registerEvents } from "./events.ts";
import { registerFire, registerRender, registerTest } from "./fire.ts";
import { registerList } from "./list.ts";
import { registerValidate } from "./validate.ts";

export const COMMANDS: readonly Register[] = [
	registerFire,
	registerTest,
	registerRender,
	registerList,
	registerValidate,
	registerEvents,
];
