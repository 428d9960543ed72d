# ldfleet:desktop v1
$ErrorActionPreference='Stop'; $ProgressPreference='SilentlyContinue'
$u=[Text.Encoding]::UTF8
function Tell([byte[]]$b) { [Console]::Out.Write([Convert]::ToBase64String($b)); exit 0 }
function Say($state) { Tell $u.GetBytes("{`"state`":`"$state`"}") }
function Desk { [bool](Get-CimInstance Win32_Process -Filter "Name='explorer.exe' AND SessionId>0") }
try {
  $q=$u.GetString([Convert]::FromBase64String((-join @($input)).Trim())) | ConvertFrom-Json
  if ($q.key -cnotmatch '^[A-Za-z0-9_.-]{1,100}$') { throw "desktop: '$($q.key)' can't name a job" }
  $d='C:\ProgramData\LDFleet\jobs'; [void][IO.Directory]::CreateDirectory($d)
  $old=[DateTime]::UtcNow.AddHours(-24)
  foreach ($f in [IO.Directory]::GetFiles($d,'*.result.json')+[IO.Directory]::GetFiles($d,'*.cancel')) { if ([IO.File]::GetLastWriteTimeUtc($f) -lt $old) { [IO.File]::Delete($f) } }
  $job="$d\$($q.key).json"; $claimed="$d\$($q.key).claimed.json"; $result="$d\$($q.key).result.json"
  if (-not ([IO.File]::Exists($result) -or [IO.File]::Exists($claimed))) {
    if (-not (Get-ScheduledTask -TaskPath '\LDFleet\' -TaskName Desktop -ErrorAction SilentlyContinue)) { Say 'no_task' }
    if (-not (Desk)) { [IO.File]::Delete($job); Say 'no_session' }
    if (-not [IO.File]::Exists($job)) {
      $t="$d\$($q.key).$PID.tmp"
      [IO.File]::WriteAllText($t,(ConvertTo-Json @{key=$q.key;argv=@($q.argv);deadline_s=$q.deadline_s} -Compress))
      [IO.File]::Move($t,$job)
    }
    Start-ScheduledTask -TaskPath '\LDFleet\' -TaskName Desktop
  }
  $w=[Diagnostics.Stopwatch]::StartNew(); $n=0
  while (-not [IO.File]::Exists($result)) {
    if ($w.Elapsed.TotalSeconds -ge $q.wait_s) { Say 'pending' }
    # A logoff after the start: take the job back while no runner has it.
    if ((++$n % 50) -eq 0 -and [IO.File]::Exists($job) -and -not (Desk)) {
      try { [IO.File]::Move($job,"$job.$PID.tmp") } catch { continue }
      [IO.File]::Delete("$job.$PID.tmp"); Say 'no_session'
    }
    Start-Sleep -Milliseconds 100
  }
  Tell ([IO.File]::ReadAllBytes($result))
} catch {
  $x=$_.Exception.GetBaseException()
  [Console]::Error.Write('{0} (0x{1:X8})' -f $x.Message,$x.HResult); exit 1
}
