{{- define "resize.selector" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "resize.labels" -}}
{{ include "resize.selector" . }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- define "resize.metadata" -}}
name: {{ .Release.Name }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "resize.labels" . | nindent 2 }}
{{- end }}
