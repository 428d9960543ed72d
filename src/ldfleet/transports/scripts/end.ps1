# ldfleet:end v1
$ErrorActionPreference='Stop'; $ProgressPreference='SilentlyContinue'
try {
  $u=[Text.Encoding]::UTF8
  $q=$u.GetString([Convert]::FromBase64String((-join @($input)).Trim())) | ConvertFrom-Json
  function Tree {
    $all=@(Get-CimInstance Win32_Process)
    $t=@($all | ? { $_.CommandLine -and $_.CommandLine.Contains("ldfleet=$($q.marker)&") })
    for ($i=0; $i -lt $t.Count; $i++) {
      $o=$t[$i]
      $t+=@($all | ? { $_.ParentProcessId -eq $o.ProcessId -and $_.CreationDate -ge $o.CreationDate -and $t.ProcessId -notcontains $_.ProcessId })
    }
    ,$t
  }
  $found=Tree; $left=$found; $until=[datetime]::UtcNow.AddSeconds(10)
  while ($left.Count -and [datetime]::UtcNow -lt $until) {
    foreach ($p in $left) { Stop-Process -Id $p.ProcessId -Force -ErrorAction SilentlyContinue }
    Start-Sleep -Milliseconds 100
    $left=@($left | ? { Get-Process -Id $_.ProcessId -ErrorAction SilentlyContinue })
  }
  [Console]::Out.Write([Convert]::ToBase64String($u.GetBytes((ConvertTo-Json @{ended=$found.Count-$left.Count;left=$left.Count} -Compress))))
} catch {
  $x=$_.Exception.GetBaseException()
  [Console]::Error.Write('{0} (0x{1:X8})' -f $x.Message,$x.HResult); exit 1
}
