# ldfleet:wmi v1
$ErrorActionPreference='Stop'; $ProgressPreference='SilentlyContinue'
try {
  $u=[Text.Encoding]::UTF8
  $q=$u.GetString([Convert]::FromBase64String((-join @($input)).Trim())) | ConvertFrom-Json
  $l=New-Object Collections.ArrayList
  foreach ($k in $q.queries) {
    $c=@{Namespace='root/cimv2';ClassName=$k.class}; if ($k.where) { $c.Filter=$k.where }
    $n=New-Object Collections.ArrayList
    foreach ($i in @(Get-CimInstance @c)) {
      $r=[ordered]@{}
      foreach ($p in $i.CimInstanceProperties) {
        $v=$p.Value
        if ($null -eq $v) { $r[$p.Name]=$null }
        elseif ($v -is [datetime]) { $r[$p.Name]=$v.ToUniversalTime().ToString('o') }
        elseif ($v -isnot [array]) { $r[$p.Name]=[string]$v }
      }
      [void]$n.Add($r)
    }
    [void]$l.Add($n)
  }
  [Console]::Out.Write([Convert]::ToBase64String($u.GetBytes((ConvertTo-Json @{answers=$l} -Compress -Depth 5))))
} catch {
  $x=$_.Exception.GetBaseException()
  [Console]::Error.Write('{0} (0x{1:X8})' -f $x.Message,$x.HResult); exit 1
}
