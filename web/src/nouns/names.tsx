import { Link } from "@tanstack/react-router";
import { useFleetRow, useFleetWorkstation } from "@/live/use-fleet";

/** An emulator by its name, and the way to it; by its id where the fleet does not know it (any more). */
export function EmulatorName({ id }: { id: string }) {
  const name = useFleetRow(id)?.name ?? id;
  return (
    <Link to="/emulators/$emulatorId" params={{ emulatorId: id }} className="clip">
      {name}
    </Link>
  );
}

/** A workstation by its name, and the way to it. */
export function WorkstationName({ id }: { id: string }) {
  const name = useFleetWorkstation(id)?.name ?? id;
  return (
    <Link to="/workstations/$workstationId" params={{ workstationId: id }} className="clip">
      {name}
    </Link>
  );
}

/** What an operation is about: an emulator, or the workstation itself. */
export function TargetName({ of }: { of: { emulator_id: string | null; workstation_id: string } }) {
  return of.emulator_id ? <EmulatorName id={of.emulator_id} /> : <WorkstationName id={of.workstation_id} />;
}
