# ldfleet:run v2
$ErrorActionPreference='Stop'
$utf8=New-Object Text.UTF8Encoding $false
$session=[Diagnostics.Process]::GetCurrentProcess().SessionId

# Windows' argument rules: backslashes count only before a quote, or before the closing one.
function Quote([string]$word) {
  '"' + (($word -replace '(\\*)"','$1$1\"') -replace '(\\+)$','$1$1') + '"'
}

function Run($job,$cancel) {
  if ([IO.File]::Exists($cancel)) { return @{state='cancelled';exit_code=-1;stdout='';stderr='';session_id=$session;pid=0} }
  $info=New-Object Diagnostics.ProcessStartInfo
  $info.FileName=$job.argv[0]
  $info.Arguments=(@($job.argv | Select-Object -Skip 1 | ForEach-Object { Quote $_ }) -join ' ')
  $info.UseShellExecute=$false; $info.CreateNoWindow=$true
  $info.RedirectStandardOutput=$true; $info.RedirectStandardError=$true
  try { $process=[Diagnostics.Process]::Start($info) }
  catch { return @{state='failed';error=$_.Exception.GetBaseException().Message} }
  $out=New-Object IO.MemoryStream; $err=New-Object IO.MemoryStream
  $copies=[Threading.Tasks.Task[]]@(
    $process.StandardOutput.BaseStream.CopyToAsync($out),
    $process.StandardError.BaseStream.CopyToAsync($err)
  )
  $watch=[Diagnostics.Stopwatch]::StartNew(); $state='finished'
  while (-not $process.WaitForExit(200)) {
    if ([IO.File]::Exists($cancel)) { $state='cancelled'; break }
    if ($watch.Elapsed.TotalSeconds -ge $job.deadline_s) { $state='timed_out'; break }
  }
  if ($state -ne 'finished') { try { $process.Kill() } catch {}; [void]$process.WaitForExit(5000) }
  # An emulator that was started inherits the pipes and keeps them open: do not wait for their end.
  try { [void][Threading.Tasks.Task]::WaitAll($copies,2000) } catch {}
  @{
    state=$state
    exit_code=$(if ($state -eq 'finished') { $process.ExitCode } else { -1 })
    stdout=[Convert]::ToBase64String($out.ToArray())
    stderr=[Convert]::ToBase64String($err.ToArray())
    session_id=$session
    pid=$process.Id
  }
}

foreach ($file in [IO.Directory]::GetFiles('C:\ProgramData\LDFleet\jobs','*.json')) {
  if ($file -match '\.(claimed|result)\.json$') { continue }
  $claimed=$file -replace '\.json$','.claimed.json'
  $result=$file -replace '\.json$','.result.json'
  $cancel=$file -replace '\.json$','.cancel'
  try { [IO.File]::Move($file,$claimed) } catch { continue }  # another runner was first
  try { $answer=Run ([IO.File]::ReadAllText($claimed) | ConvertFrom-Json) $cancel }
  catch { $answer=@{state='failed';error=$_.Exception.GetBaseException().Message} }
  $temporary="$result.$PID.tmp"
  [IO.File]::WriteAllText($temporary,(ConvertTo-Json $answer -Compress),$utf8)
  [IO.File]::Move($temporary,$result)
  [IO.File]::Delete($claimed); [IO.File]::Delete($cancel)
}
