# ldfleet:undo v1
# Each change that prepare has kept, the last one first; what it did not make stays.
$records=@(Records)
if (-not $records) { Say "Nothing is kept in $record: there is nothing to undo."; exit 0 }

$undo=@{
  'winrm-service'=@{says='start WinRM as before'; make={ RestoreService 'WinRM' $before }}
  'winrm-listener'=@{says='let WinRM listen over HTTPS as before, and remove the certificate of ldfleet'; make={
    SetListener $(if (Certificate $before.thumbprint) { $before.thumbprint })
    Get-ChildItem Cert:\LocalMachine\My | Where-Object { $_.FriendlyName -eq 'LDFleet WinRM' } | Remove-Item -DeleteKey
  }}
  'winrm-plain'=@{says='treat unencrypted messages and Basic logins as before'; make={
    Set-Item WSMan:\localhost\Service\AllowUnencrypted ($before.unencrypted -eq 'true') -Force
    Set-Item WSMan:\localhost\Service\Auth\Basic ($before.basic -eq 'true') -Force
  }}
  'winrm-firewall'=@{says='remove the firewall rule LDFleet-WinRM-HTTPS'; make={ Get-NetFirewallRule -Name 'LDFleet-WinRM-HTTPS' -ErrorAction SilentlyContinue | Remove-NetFirewallRule }}
  'account'=@{says='remove the account that was made'; make={ Get-LocalUser -Name $before.user -ErrorAction SilentlyContinue | Remove-LocalUser }}
  'account-admin'=@{says='take the account out of the group of administrators'; make={ if ((Get-LocalUser -Name $before.user -ErrorAction SilentlyContinue) -and (Member $admins (SidOf $before.user))) { Remove-LocalGroupMember -SID $admins -Member $before.user } }}
  'token-filter'=@{says='filter the rights of local administrators over the network as before'; make={ RestoreValue $policies 'LocalAccountTokenFilterPolicy' $before.value 'DWord' }}
  'account-remote'=@{says='take the account out of the group Remote Management Users'; make={ if ((Get-LocalUser -Name $before.user -ErrorAction SilentlyContinue) -and (Member 'S-1-5-32-580' (SidOf $before.user))) { Remove-LocalGroupMember -SID 'S-1-5-32-580' -Member $before.user } }}
  'account-wmi'=@{says='take the right to ask WMI over the network back'; make={ $all=WmiRights; $all.DiscretionaryAcl.Purge((New-Object Security.Principal.SecurityIdentifier $before.sid)); SetWmiRights $all }}
  'account-shell'=@{says="take the right to open WinRM's command shell back"; make={ $all=ShellRights; $all.DiscretionaryAcl.Purge((New-Object Security.Principal.SecurityIdentifier $before.sid)); SetShellRights $all }}
  'ssh-server'=@{says='remove the Windows feature OpenSSH Server'; make={ if (Get-Service sshd -ErrorAction SilentlyContinue) { [void](Remove-WindowsCapability -Online -Name 'OpenSSH.Server~~~~0.0.1.0') } }}
  'ssh-firewall'=@{says='remove the firewall rule LDFleet-SSH'; make={ Get-NetFirewallRule -Name 'LDFleet-SSH' -ErrorAction SilentlyContinue | Remove-NetFirewallRule }}
  'ssh-shell'=@{says='let SSH sessions start in the shell of before'; make={ RestoreValue $openssh 'DefaultShell' $before.value 'String' }}
  'ssh-service'=@{says='start the OpenSSH server as before'; make={ RestoreService 'sshd' $before }}
  'folder'=@{says="remove $fleet if prepare made it"; make={ if (-not $before.existed -and [IO.Directory]::Exists($fleet)) { [IO.Directory]::Delete($fleet,$true) } }}
  'runner'=@{says="put $fleet\run.ps1 back as it was"; make={ if ($before.text) { [IO.File]::WriteAllText("$fleet\run.ps1",$before.text,$utf8) } else { [IO.File]::Delete("$fleet\run.ps1") } }}
  'task'=@{says='put the task \LDFleet\Desktop back as it was, or remove it'; make={
    if (DesktopTask) { Unregister-ScheduledTask -TaskPath '\LDFleet\' -TaskName Desktop -Confirm:$false }
    if ($before.xml) { [void](Register-ScheduledTask -TaskPath '\LDFleet\' -TaskName Desktop -Xml $before.xml) }
  }}
}

[array]::Reverse($records)
Say 'These changes are undone:'
foreach ($each in $records) {
  if (-not $undo[$each.name]) { throw "$record names $($each.name), which this script does not know: use the one of the ldfleet that prepared the PC" }
  Say "  * $($undo[$each.name].says)"
}
if ($WhatIf) { Say 'Nothing was changed.'; exit 0 }
if (-not (Ask 'Undo them?')) { Say 'Nothing was changed.'; exit 1 }
$logging=$true
$left=@($records)
foreach ($each in $records) {
  $before=$each.before
  Say "- $($undo[$each.name].says)"
  & ($undo[$each.name].make)
  $left=@($left | Where-Object { $_.name -ne $each.name })
  $again=@($left); [array]::Reverse($again); Save $again
}
[IO.File]::Delete($record)
Say "Done. The log stays in $kept."
