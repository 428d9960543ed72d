import app from "./app.json";
import auth from "./auth.json";
import codes from "./codes.json";
import emulators from "./emulators.json";
import operations from "./operations.json";
import overview from "./overview.json";
import pages from "./pages.json";
import profiles from "./profiles.json";
import schedules from "./schedules.json";
import states from "./states.json";
import ui from "./ui.json";
import workstations from "./workstations.json";

export const words = { app, auth, codes, emulators, operations, overview, pages, profiles, schedules, states, ui, workstations };
