# ldfleet:run v1
$ErrorActionPreference='Stop'
$utf8=New-Object Text.UTF8Encoding $false
$session=[Diagnostics.Process]::GetCurrentProcess().SessionId

# Windows' argument rules: backslashes count only before a quote, or before the closing one.
function Quote([string]$word) {
  '"' + (($word -replace '(\\*)"','$1$1\"') -replace '(\\+)$','$1$1') + '"'
}

function Run($job) {
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
  $inTime=$process.WaitForExit([int](1000*$job.deadline_s))
  if (-not $inTime) { try { $process.Kill() } catch {}; [void]$process.WaitForExit(5000) }
  # An emulator that was started inherits the pipes and keeps them open: do not wait for their end.
  try { [void][Threading.Tasks.Task]::WaitAll($copies,2000) } catch {}
  @{
    state=$(if ($inTime) { 'finished' } else { 'timed_out' })
    exit_code=$(if ($inTime) { $process.ExitCode } else { -1 })
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
  try { [IO.File]::Move($file,$claimed) } catch { continue }  # another runner was first
  try { $answer=Run ([IO.File]::ReadAllText($claimed) | ConvertFrom-Json) }
  catch { $answer=@{state='failed';error=$_.Exception.GetBaseException().Message} }
  $temporary="$result.$PID.tmp"
  [IO.File]::WriteAllText($temporary,(ConvertTo-Json $answer -Compress),$utf8)
  [IO.File]::Move($temporary,$result)
  [IO.File]::Delete($claimed)
}
