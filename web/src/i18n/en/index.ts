import access from "./access.json";
import app from "./app.json";
import audit from "./audit.json";
import auth from "./auth.json";
import backups from "./backups.json";
import codes from "./codes.json";
import emulators from "./emulators.json";
import operations from "./operations.json";
import overview from "./overview.json";
import pages from "./pages.json";
import problems from "./problems.json";
import profiles from "./profiles.json";
import schedules from "./schedules.json";
import settings from "./settings.json";
import states from "./states.json";
import ui from "./ui.json";
import workstations from "./workstations.json";

export const words = { access, app, audit, auth, backups, codes, emulators, operations, overview, pages, problems, profiles, schedules, settings, states, ui, workstations };
